"""Bots, their versions and widgets, as operators see them; secrets are masked, versions never change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatbots.models import AnsweringFields, Chatbot, ChatbotVersion, WidgetSettings
from integrations.fields import mask


@admin.register(Chatbot)
class ChatbotAdmin(admin.ModelAdmin):
    list_display = ("name", "customer", "status", "live_version", "last_seen_at", "created_at")
    list_filter = ("status", "answer_mode", ("last_seen_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "live_version")
    search_fields = ("name", "public_id", "customer__name")
    autocomplete_fields = ("customer",)
    date_hierarchy = "created_at"
    readonly_fields = (
        "public_id",
        "live_version",
        "first_seen_at",
        "last_seen_at",
        "last_seen_origin",
        "created_at",
        "updated_at",
    )
    fieldsets = (
        (None, {"fields": ("public_id", "customer", "name", "status", "live_version")}),
        (_("Draft"), {"fields": AnsweringFields.ANSWERING_FIELDS}),
        (_("Pages and limits"), {"fields": ("allowed_domains", "visitor_daily_limit", "daily_limit")}),
        (
            _("Seen"),
            {"fields": ("first_seen_at", "last_seen_at", "last_seen_origin", "created_at", "updated_at")},
        ),
    )


@admin.register(ChatbotVersion)
class ChatbotVersionAdmin(admin.ModelAdmin):
    list_display = ("chatbot", "number", "name", "note", "published_by", "created_at")
    list_select_related = ("chatbot", "published_by")
    search_fields = ("name", "note", "public_id", "chatbot__name", "chatbot__public_id")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(WidgetSettings)
class WidgetSettingsAdmin(admin.ModelAdmin):
    list_display = ("chatbot", "title", "color", "position", "theme", "identity_enforced")
    list_filter = ("position", "theme", "identity_enforced")
    list_select_related = ("chatbot",)
    search_fields = ("title", "chatbot__name", "chatbot__public_id")
    autocomplete_fields = ("chatbot",)
    exclude = ("identity_secret", "previous_identity_secret", "avatar")
    readonly_fields = ("masked_secret", "masked_previous_secret", "created_at", "updated_at")

    @admin.display(description=_("identity secret"))
    def masked_secret(self, widget: WidgetSettings) -> str:
        return mask(widget.identity_secret) or "–"

    @admin.display(description=_("previous identity secret"))
    def masked_previous_secret(self, widget: WidgetSettings) -> str:
        return mask(widget.previous_identity_secret) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

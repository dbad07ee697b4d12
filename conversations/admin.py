"""Conversations as operators see them; what was said is read-only, and shown as text whatever it contains."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from conversations.models import Contact, ContactIdentity, Conversation, Message, Turn

PREVIEW_CHARACTERS = 80


class IdentityInline(admin.TabularInline):
    model = ContactIdentity
    fields = ("kind", "value", "created_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):
    list_display = ("public_id", "name", "email", "customer", "locale", "last_seen_at")
    list_filter = ("locale",)
    list_select_related = ("customer",)
    search_fields = ("public_id", "name", "email", "phone")
    autocomplete_fields = ("customer",)
    readonly_fields = ("public_id", "last_seen_at", "created_at", "updated_at")
    date_hierarchy = "created_at"
    inlines = (IdentityInline,)
    show_full_result_count = False


@admin.register(ContactIdentity)
class ContactIdentityAdmin(ReadOnlyAdmin):
    list_display = ("kind", "value", "contact", "customer", "created_at")
    list_filter = ("kind",)
    list_select_related = ("contact", "customer")
    search_fields = ("value", "contact__public_id", "contact__name")
    show_full_result_count = False


@admin.register(Conversation)
class ConversationAdmin(admin.ModelAdmin):
    list_display = (
        "public_id",
        "customer",
        "chatbot",
        "contact",
        "channel",
        "status",
        "answering",
        "last_message_at",
    )
    list_filter = ("status", "answering", "channel", "is_preview")
    list_select_related = ("customer", "chatbot", "contact")
    search_fields = ("public_id", "contact__name", "contact__email", "contact__public_id", "customer__name")
    autocomplete_fields = ("customer", "chatbot", "contact", "assignee")
    readonly_fields = (
        "public_id",
        "preview",
        "last_message_at",
        "last_inbound_at",
        "last_sequence",
        "last_revision",
        "answer_due_at",
        "handover_at",
        "open_key",
        "created_at",
        "updated_at",
    )
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = (
        "public_id",
        "conversation",
        "author_kind",
        "beginning",
        "state",
        "delivery_status",
        "created_at",
    )
    list_filter = ("author_kind", "state", "refusal_cause", "delivery_status", "feedback")
    list_select_related = ("conversation",)
    search_fields = ("public_id", "conversation__public_id", "external_id")
    date_hierarchy = "created_at"
    show_full_result_count = False
    exclude = ("citations", "retrieved", "attachments")
    readonly_fields = ("cited", "read")

    @admin.display(description=_("text"))
    def beginning(self, message: Message) -> str:
        text = message.content
        return text if len(text) <= PREVIEW_CHARACTERS else f"{text[:PREVIEW_CHARACTERS]}…"

    @admin.display(description=_("citations"))
    def cited(self, message: Message) -> SafeString | str:
        return _lines(
            (
                f"[{each.get('number')}] {each.get('title', '')} · {each.get('place', '')} · {each.get('quote', '')}",
            )
            for each in message.citations
        )

    @admin.display(description=_("passages read"))
    def read(self, message: Message) -> SafeString | str:
        return _lines(
            (f"{each.get('score', '')} {each.get('title', '')} · {each.get('place', '')}",)
            for each in message.retrieved
        )


def _lines(rows: Any) -> SafeString | str:
    """One escaped paragraph a row; models and people wrote them."""
    return format_html_join("", "<p>{}</p>", rows) or "–"


@admin.register(Turn)
class TurnAdmin(ReadOnlyAdmin):
    list_display = ("id", "conversation", "state", "attempt", "owner", "lease_until", "error", "created_at")
    list_filter = ("state",)
    list_select_related = ("conversation",)
    search_fields = ("conversation__public_id", "message__public_id", "error")
    date_hierarchy = "created_at"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Turn]:
        return super().get_queryset(request).select_related("message", "question", "reservation")

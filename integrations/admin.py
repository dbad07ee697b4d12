"""Keys, providers and events as operators see them; secrets are never shown, only replaced."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from integrations import keys, providers
from integrations.fields import mask
from integrations.models import (
    AIProviderConfig,
    APIKey,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)


class SecretField(forms.CharField):
    """Typed over, never read back: an empty input keeps what is there."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "off"})
        super().__init__(required=False, strip=True, widget=widget, help_text=_("Empty keeps it."), **kwargs)


class ProviderForm(forms.ModelForm):
    api_key = SecretField(label=_("Key"))

    class Meta:
        model = AIProviderConfig
        fields = "__all__"  # noqa: DJ007 (the admin's own list decides)

    def clean_api_key(self) -> str:
        return str(self.cleaned_data["api_key"] or self.instance.api_key)


class EndpointForm(forms.ModelForm):
    secret = SecretField(label=_("Secret"))

    class Meta:
        model = WebhookEndpoint
        exclude = ("previous_secret", "previous_secret_until")  # noqa: DJ006 (all but the secrets in rotation)

    def clean_secret(self) -> str:
        secret = self.cleaned_data["secret"] or self.instance.secret
        if not secret:
            raise forms.ValidationError(_("A new endpoint needs a secret."))
        return str(secret)


@admin.register(APIKey)
class APIKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "customer", "created_by", "last_used_at", "expires_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), ("last_used_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "created_by")
    search_fields = ("name", "prefix", "public_id", "customer__name")
    date_hierarchy = "created_at"
    exclude = ("secret_hash",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke the chosen keys"))
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        actor: Any = request.user
        for key in queryset.select_related("customer"):
            keys.revoke(key, actor=actor)


@admin.register(AIProviderConfig)
class AIProviderConfigAdmin(admin.ModelAdmin):
    form = ProviderForm
    list_display = ("name", "customer", "kind", "chat_model", "masked_key", "priority", "state", "updated_at")
    list_filter = ("state", "kind", ("customer", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("name", "chat_model", "base_url", "public_id", "customer__name")
    autocomplete_fields = ("customer",)
    readonly_fields = ("public_id", "masked_key", "created_at", "updated_at")

    @admin.display(description=_("key"))
    def masked_key(self, row: AIProviderConfig) -> str:
        return mask(row.api_key) or "–"

    def save_model(self, request: HttpRequest, obj: AIProviderConfig, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        providers.forget()

    def delete_model(self, request: HttpRequest, obj: AIProviderConfig) -> None:
        super().delete_model(request, obj)
        providers.forget()


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(admin.ModelAdmin):
    form = EndpointForm
    list_display = ("url", "customer", "is_enabled", "disabled_until", "masked_secret", "created_at")
    list_filter = ("is_enabled", ("disabled_until", admin.EmptyFieldListFilter))
    list_select_related = ("customer",)
    search_fields = ("url", "description", "public_id", "customer__name")
    autocomplete_fields = ("customer",)
    readonly_fields = ("public_id", "masked_secret", "created_at", "updated_at")

    @admin.display(description=_("secret"))
    def masked_secret(self, row: WebhookEndpoint) -> str:
        return mask(row.secret) or "–"


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "type", "customer", "status", "number", "created_at")
    list_filter = ("status", "type")
    list_select_related = ("customer",)
    search_fields = ("public_id", "type", "customer__name")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "event", "endpoint", "status", "attempt_count", "next_attempt_at")
    list_filter = ("status",)
    list_select_related = ("event", "endpoint")
    search_fields = ("public_id", "event__public_id", "endpoint__url")
    show_full_result_count = False


@admin.register(WebhookAttempt)
class WebhookAttemptAdmin(ReadOnlyAdmin):
    list_display = ("delivery", "status_code", "error", "duration_ms", "created_at")
    list_filter = ("status_code",)
    list_select_related = ("delivery",)
    search_fields = ("delivery__public_id", "error")
    show_full_result_count = False

"""What people type on the API page: keys of programs and providers of answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from integrations import keys
from integrations.addresses import OutboundRefused, is_allowed, is_public
from integrations.fields import mask
from integrations.http import checked, port_of
from integrations.models import AIProviderConfig, ProviderState

LIFETIMES = [("", _("Never")), ("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year"))]
SCOPE_LABELS = {
    "bots:read": _("Read bots"),
    "bots:write": _("Change bots"),
    "knowledge:read": _("Read knowledge"),
    "knowledge:write": _("Change knowledge"),
    "conversations:read": _("Read conversations"),
    "conversations:write": _("Send messages"),
    "usage:read": _("Read usage"),
    "webhooks:read": _("Read webhooks"),
    "webhooks:write": _("Change webhooks"),
}


def scope_summary(scopes: list[str]) -> str:
    """What a key may do, in two words."""
    granted = set(scopes)
    if granted >= set(keys.SCOPES):
        return gettext("Everything")
    if all(scope.endswith(":read") for scope in granted):
        return gettext("Read only")
    return ngettext("%(count)s right", "%(count)s rights", len(granted)) % {"count": len(granted)}


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What uses it, such as “Shop backend”.")
    )
    lifetime = forms.ChoiceField(label=_("Ends"), choices=LIFETIMES, required=False)
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=[(scope, SCOPE_LABELS[scope]) for scope in keys.SCOPES],
        initial=[scope for scope in keys.SCOPES if scope.endswith(":read")],
        widget=forms.CheckboxSelectMultiple,
    )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class ProviderForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    base_url = forms.CharField(
        label=_("Base address"),
        max_length=300,
        required=False,
        help_text=_(
            "Empty for OpenAI. Any OpenAI-compatible address works, such as https://api.mistral.ai/v1"
        ),
        widget=forms.URLInput(attrs={"inputmode": "url", "placeholder": "https://api.openai.com/v1"}),
    )
    api_key = forms.CharField(
        label=_("Key"), required=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    chat_model = forms.CharField(label=_("Model"), max_length=120, help_text=_("As the provider calls it."))
    input_price = forms.DecimalField(
        label=_("Price of a million tokens in"),
        min_value=0,
        max_digits=12,
        decimal_places=6,
        initial=Decimal(0),
    )
    output_price = forms.DecimalField(
        label=_("Price of a million tokens out"),
        min_value=0,
        max_digits=12,
        decimal_places=6,
        initial=Decimal(0),
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$", label=_("Currency"), initial="USD", help_text=_("Three letters, such as USD.")
    )
    priority = forms.IntegerField(
        label=_("Order"),
        min_value=0,
        max_value=999,
        initial=10,
        help_text=_("The ready provider with the lowest number answers."),
    )
    is_enabled = forms.BooleanField(
        label=_("Use it for answers"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )

    def __init__(self, data: QueryDict | None = None, *, row: AIProviderConfig | None = None) -> None:
        self.row = row
        super().__init__(data, initial=_initial(row))
        if row and row.api_key:
            kept = _("Kept: %(masked)s. Type a new one to replace it.")
            self.fields["api_key"].help_text = kept % {"masked": escape(mask(row.api_key))}

    def clean_base_url(self) -> str:
        """Public addresses over TLS; others where the operator lists them."""
        url: str = self.cleaned_data["base_url"].strip().rstrip("/")
        if not url:
            return ""
        try:
            parts = checked(url)
        except OutboundRefused as error:
            raise forms.ValidationError(_("This is not an address that may be used.")) from error
        host = str(parts.hostname)
        if is_allowed(host, port_of(parts)):
            return url
        if parts.scheme != "https":
            raise forms.ValidationError(_("Use https, so that the key and the questions travel sealed."))
        if _is_literal(host) and not is_public(host):
            raise forms.ValidationError(_("This address is inside a private network."))
        return url

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        """A key belongs to its address: a changed address needs the key again, so that no other host gets it."""
        values = super().clean() or {}
        has_moved = self.row is not None and values.get("base_url", "") != self.row.base_url
        if has_moved and self.row and self.row.api_key and not values.get("api_key"):
            self.add_error("api_key", _("The address has changed: type the key again."))
        return values

    def values(self) -> dict[str, Any]:
        """The clean values in the model's words."""
        values = dict(self.cleaned_data)
        state = ProviderState.READY if values.pop("is_enabled") else ProviderState.DISABLED
        return values | {"state": state, "state_reason": ""}


def _initial(row: AIProviderConfig | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("name", "base_url", "chat_model", "input_price", "output_price", "currency", "priority")
    return {name: getattr(row, name) for name in names} | {"is_enabled": row.state != ProviderState.DISABLED}


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

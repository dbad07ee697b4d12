"""What operators type about plans: an edit of limits or prices is a new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.gateways.base import Payment
from billing.models import LIMIT_NAMES, Interval, PaymentTransaction, Plan, PlanVersion

CURRENCIES = ("EUR", "USD")
PRICE_FIELDS = {
    f"{interval.lower()}_{currency.lower()}": (interval.value, currency)
    for interval in Interval
    for currency in CURRENCIES
}


class PlanForm(forms.ModelForm):
    """A plan with the limits and prices of its current version; a change of these makes the next version."""

    features = forms.CharField(
        label=_("Features"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line."),
    )
    trial_days = forms.IntegerField(label=_("Trial days"), min_value=0, max_value=365, initial=0)
    chatbots = forms.IntegerField(label=_("Bots"), min_value=0, required=False)
    seats = forms.IntegerField(label=_("Seats"), min_value=0, required=False)
    knowledge_items = forms.IntegerField(label=_("Knowledge items"), min_value=0, required=False)
    knowledge_bytes = forms.IntegerField(label=_("Knowledge bytes"), min_value=0, required=False)
    messages = forms.IntegerField(label=_("Answers a period"), min_value=0, required=False)
    ai_requests = forms.IntegerField(label=_("AI requests a period"), min_value=0, required=False)
    whatsapp_messages = forms.IntegerField(label=_("WhatsApp messages a period"), min_value=0, required=False)
    month_eur = forms.IntegerField(label=_("A month, in cents of EUR"), min_value=0, required=False)
    month_usd = forms.IntegerField(label=_("A month, in cents of USD"), min_value=0, required=False)
    year_eur = forms.IntegerField(label=_("A year, in cents of EUR"), min_value=0, required=False)
    year_usd = forms.IntegerField(label=_("A year, in cents of USD"), min_value=0, required=False)

    class Meta:
        model = Plan
        fields = ("code", "name", "description", "position", "is_public", "is_default", "is_highlighted")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        plan: Plan | None = kwargs.get("instance")
        version = plan.current_version if plan else None
        kwargs["initial"] = {**_initial(version), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def is_new_version(self) -> bool:
        offered = {"features", "trial_days", *LIMIT_NAMES, *PRICE_FIELDS}
        return self.instance.current_version is None or bool(offered & set(self.changed_data))

    def version_values(self) -> dict[str, Any]:
        features = [line.strip() for line in self.cleaned_data["features"].splitlines() if line.strip()]
        limits = {name: self.cleaned_data[name] for name in LIMIT_NAMES}
        return {**limits, "features": features, "trial_days": self.cleaned_data["trial_days"]}

    def prices(self) -> dict[tuple[str, str], int]:
        offered = {key: self.cleaned_data[name] for name, key in PRICE_FIELDS.items()}
        kept = {
            key: amount
            for key, amount in _prices(self.instance.current_version).items()
            if key not in offered
        }
        return kept | {key: amount for key, amount in offered.items() if amount is not None}


class PaymentForm(forms.ModelForm):
    """A bank transfer that arrived; the bank's reference keeps it from being recorded twice."""

    amount_minor = forms.IntegerField(label=_("Amount in minor units"), min_value=1)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="EUR")
    gateway_reference = forms.CharField(label=_("Reference of the bank"), max_length=100)
    description = forms.CharField(label=_("For"), max_length=300, required=False)

    class Meta:
        model = PaymentTransaction
        fields = ("customer", "amount_minor", "currency", "gateway_reference")

    def payment(self) -> Payment:
        values = self.cleaned_data
        return Payment(
            amount_minor=values["amount_minor"],
            currency=values["currency"],
            reference=values["gateway_reference"],
            description=values["description"],
        )


def _initial(version: PlanVersion | None) -> dict[str, Any]:
    if version is None:
        return {}
    amounts = _prices(version)
    prices = {name: amounts.get(key) for name, key in PRICE_FIELDS.items()}
    limits = {name: getattr(version, name) for name in LIMIT_NAMES}
    return {**limits, **prices, "features": "\n".join(version.features), "trial_days": version.trial_days}


def _prices(version: PlanVersion | None) -> dict[tuple[str, str], int]:
    rows = version.prices.all() if version else ()
    return {(price.interval, price.currency): price.amount_minor for price in rows}

"""What is sold: plans, their versions with limits, and prices. Subscribers keep the version they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped
from accounts.querysets import TenantQuerySet
from usage.models import UsageType

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LIMIT_NAMES = (
    "chatbots",
    "seats",
    "knowledge_items",
    "knowledge_bytes",
    "messages",
    "ai_requests",
    "whatsapp_messages",
)


class Interval(models.TextChoices):
    MONTH = "MONTH", _("Month")
    YEAR = "YEAR", _("Year")


class Plan(Timestamped):
    """A plan by name; what it grants and costs stands in its current version."""

    public_id = PublicIdField(prefix="plan")
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("public"), default=True)
    is_default = models.BooleanField(_("for customers without a subscription"), default=False)
    is_highlighted = models.BooleanField(_("highlighted"), default=False)
    current_version = models.ForeignKey(
        "PlanVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


def _limit(label: StrOrPromise) -> models.PositiveBigIntegerField[int | None, int | None]:
    return models.PositiveBigIntegerField(label, null=True, blank=True, help_text=_("Empty: no limit."))


class PlanVersion(models.Model):
    """An immutable set of limits and prices of a plan; an empty limit means none."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    trial_days = models.PositiveSmallIntegerField(_("trial days"), default=0)
    features = models.JSONField(_("features"), default=list, blank=True)
    chatbots = _limit(_("chatbots"))
    seats = _limit(_("seats"))
    knowledge_items = _limit(_("knowledge items"))
    knowledge_bytes = _limit(_("knowledge bytes"))
    messages = _limit(_("answers a period"))
    ai_requests = _limit(_("AI requests a period"))
    whatsapp_messages = _limit(_("WhatsApp messages a period"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        ordering = ("plan_id", "-number")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="plan_version_once"),)

    def __str__(self) -> str:
        return f"{self.plan} · {self.number}"


class PlanPrice(models.Model):
    """What a version costs per interval, in minor units of the currency."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="prices")
    interval = models.CharField(_("interval"), max_length=5, choices=Interval.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.PositiveBigIntegerField(_("amount in minor units"))
    remote_id = models.CharField(_("remote price id"), max_length=120, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("plan price")
        verbose_name_plural = _("plan prices")
        constraints = (
            models.UniqueConstraint(fields=("version", "interval", "currency"), name="one_price_a_currency"),
        )

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} / {self.interval}"


class PlanOveragePrice(models.Model):
    """Price of one unit over the limit; a unit without one stops hard at its limit."""

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="overage_prices")
    unit = models.CharField(_("unit"), max_length=20, choices=UsageType.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("price a unit, in major units"), max_digits=12, decimal_places=6)

    class Meta:
        verbose_name = _("overage price")
        verbose_name_plural = _("overage prices")
        constraints = (
            models.UniqueConstraint(fields=("version", "unit", "currency"), name="one_overage_price_a_unit"),
        )

    def __str__(self) -> str:
        return f"{self.unit}: {self.amount} {self.currency}"


class EntitlementOverride(Timestamped):
    """An operator's exception for one customer; an empty value means no limit."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="entitlement_overrides")
    limit = models.CharField(_("limit"), max_length=20, choices=[(name, name) for name in LIMIT_NAMES])
    value = models.PositiveBigIntegerField(_("value"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement override")
        verbose_name_plural = _("entitlement overrides")
        constraints = (models.UniqueConstraint(fields=("customer", "limit"), name="one_override_a_limit"),)

    def __str__(self) -> str:
        return f"{self.limit}: {self.value}"

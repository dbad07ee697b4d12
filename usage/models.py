"""How much was used: the ledger, its counters, and what usage made due.

Written by usage.metering and (BillingEvent) by billing; knows numbers, not plans.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped
from accounts.querysets import TenantQuerySet


class UsageType(models.TextChoices):
    MESSAGE = "MESSAGE", _("Answers")
    AI_REQUEST = "AI_REQUEST", _("AI requests")
    WHATSAPP_MESSAGE = "WHATSAPP_MESSAGE", _("WhatsApp messages")


class UsageLog(models.Model):
    """Append-only: one counted unit and the message that caused it. Cost is in millionths of the currency."""

    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="usage_logs")
    type = models.CharField(_("type"), max_length=20, choices=UsageType.choices)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    input_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens out"), default=0)
    cost_micros = models.BigIntegerField(_("cost"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    message = models.ForeignKey(
        "conversations.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="usage_logs"
    )
    chatbot = models.ForeignKey(
        "chatbots.Chatbot", on_delete=models.SET_NULL, null=True, blank=True, related_name="usage_logs"
    )
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    period_start = models.DateTimeField(_("period"))
    idempotency_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("usage entry")
        verbose_name_plural = _("usage entries")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("customer", "type", "created_at"), name="usage_customer_type_time"),
            models.Index(fields=("customer", "period_start", "type"), name="usage_customer_period"),
        )

    def __str__(self) -> str:
        return f"{self.type} × {self.quantity}"


class BillingStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    COMPLETED = "COMPLETED", _("Completed")
    FAILED = "FAILED", _("Failed")


class BillingEventKind(models.TextChoices):
    OVERAGE = "OVERAGE", _("Overage")
    CREDIT = "CREDIT", _("Credit")
    ADJUSTMENT = "ADJUSTMENT", _("Adjustment")


class BillingEvent(Timestamped):
    """What usage made due; billing alone creates and completes it."""

    public_id = PublicIdField(prefix="due")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="billing_events")
    kind = models.CharField(_("kind"), max_length=12, choices=BillingEventKind.choices)
    usage_type = models.CharField(_("unit"), max_length=20, choices=UsageType.choices, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=0)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(
        _("status"), max_length=10, choices=BillingStatus.choices, default=BillingStatus.PENDING
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    period_start = models.DateTimeField(_("period start"), null=True, blank=True)
    period_end = models.DateTimeField(_("period end"), null=True, blank=True)
    remote_reference = models.CharField(
        _("remote reference"), max_length=120, null=True, blank=True, unique=True
    )
    idempotency_key = models.CharField(max_length=120, unique=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing event")
        verbose_name_plural = _("billing events")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("status", "created_at"), name="billing_event_due"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class ReservationState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    SETTLED = "SETTLED", _("Settled")
    RELEASED = "RELEASED", _("Released")


class Reservation(models.Model):
    """Units held back while an answer is made; settled or released exactly once."""

    key = models.CharField(max_length=120, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="reservations")
    amounts = models.JSONField(_("amounts per unit"), default=dict)
    money_micros = models.BigIntegerField(_("money"), default=0)
    period_start = models.DateTimeField(_("period"))
    state = models.CharField(
        _("state"), max_length=8, choices=ReservationState.choices, default=ReservationState.OPEN
    )
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = (models.Index(fields=("state", "expires_at"), name="reservation_expiry"),)

    def __str__(self) -> str:
        return self.key


class UsageCounter(models.Model):
    """A cache: the ledger's sum plus all open reservations of one unit in one period."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="usage_counters")
    scope = models.CharField(_("scope"), max_length=60, default="customer")
    unit = models.CharField(_("unit"), max_length=20)
    period_start = models.DateTimeField(_("period"))
    used = models.BigIntegerField(_("used"), default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("usage counter")
        verbose_name_plural = _("usage counters")
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "scope", "unit", "period_start"), name="one_counter_a_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit}: {self.used}"

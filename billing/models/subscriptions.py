"""Who bought what: subscriptions and every change of them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identifiers import PublicIdField
from accounts.models import Customer, Timestamped, User
from accounts.querysets import TenantQuerySet
from billing.models.plans import Interval, PlanVersion


class SubscriptionStatus(models.TextChoices):
    INCOMPLETE = "INCOMPLETE", _("Incomplete")
    TRIALING = "TRIALING", _("Trial")
    ACTIVE = "ACTIVE", _("Active")
    PAST_DUE = "PAST_DUE", _("Payment overdue")
    UNPAID = "UNPAID", _("Unpaid")
    CANCELED = "CANCELED", _("Cancelled")


LIVE_STATUSES = (
    SubscriptionStatus.TRIALING,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.PAST_DUE,
    SubscriptionStatus.UNPAID,
)


class Subscription(Timestamped):
    """A customer's plan version, its period and where it is paid."""

    public_id = PublicIdField(prefix="sub")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="subscriptions")
    interval = models.CharField(_("interval"), max_length=5, choices=Interval.choices, default=Interval.MONTH)
    status = models.CharField(_("status"), max_length=10, choices=SubscriptionStatus.choices)
    anchor_at = models.DateTimeField(_("billing anniversary"), default=timezone.now)
    current_period_start = models.DateTimeField(_("period start"))
    current_period_end = models.DateTimeField(_("period end"))
    trial_end = models.DateTimeField(_("trial end"), null=True, blank=True)
    cancel_at_period_end = models.BooleanField(_("ends with the period"), default=False)
    canceled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    scheduled_plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scheduled_at = models.DateTimeField(_("change scheduled for"), null=True, blank=True)
    gateway = models.CharField(_("gateway"), max_length=20, default="manual")
    remote_id = models.CharField(_("remote id"), max_length=120, null=True, blank=True, unique=True)
    remote_updated_at = models.DateTimeField(_("remote version"), null=True, blank=True)
    # The customer's id while the subscription is live: one a customer.
    live_key = models.CharField(max_length=40, unique=True, null=True, editable=False)  # noqa: DJ001 (unique while live)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("customer", "status"), name="subscription_customer_status"),)

    def __str__(self) -> str:
        return f"{self.customer}: {self.plan_version} ({self.status})"


class SubscriptionHistory(models.Model):
    """Append-only: one change of a subscription, by whom and why."""

    TENANT_PATH = "subscription__customer"

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="history")
    from_plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_status = models.CharField(_("from"), max_length=10, choices=SubscriptionStatus.choices, blank=True)
    to_status = models.CharField(_("to"), max_length=10, choices=SubscriptionStatus.choices)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cause = models.CharField(_("cause"), max_length=120)
    data = models.JSONField(_("data"), default=dict, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription change")
        verbose_name_plural = _("subscription changes")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"

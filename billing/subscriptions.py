"""Decides how a customer's subscription begins and ends; each change leaves a history row and an event.

Called by the gateways, the operators' admin and the seed. Ending switches nothing off: the next
reservation reads the entitlements and refuses.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Customer, User
from billing import entitlements
from billing.models import (
    Interval,
    PlanVersion,
    Subscription,
    SubscriptionHistory,
    SubscriptionStatus,
)
from billing.periods import add_months
from integrations import webhooks

MONTHS = {Interval.MONTH: 1, Interval.YEAR: 12}


def start(
    customer: Customer,
    version: PlanVersion,
    *,
    interval: Interval = Interval.MONTH,
    actor: User | None = None,
    cause: str = "started",
    gateway: str = "manual",
) -> Subscription:
    """Begin a subscription now; a live one is ended first, so that a customer has one at a time."""
    now = timezone.now()
    with transaction.atomic():
        for former in Subscription.objects.for_customer(customer).filter(live_key__isnull=False):
            end(former, actor=actor, cause="replaced")
        subscription = Subscription.objects.create(
            customer=customer,
            plan_version=version,
            interval=interval,
            status=SubscriptionStatus.ACTIVE,
            anchor_at=now,
            current_period_start=now,
            current_period_end=add_months(now, MONTHS[interval]),
            gateway=gateway,
            live_key=str(customer.pk),
        )
        _tell(subscription, "", actor, cause)
    return subscription


def end(subscription: Subscription, *, actor: User | None = None, cause: str = "cancelled") -> bool:
    """End a subscription now; False when it had ended before."""
    with transaction.atomic():
        before = subscription.status
        ended = Subscription.objects.filter(pk=subscription.pk, live_key__isnull=False).update(
            status=SubscriptionStatus.CANCELED, canceled_at=timezone.now(), live_key=None
        )
        if not ended:
            return False
        subscription.refresh_from_db()
        _tell(subscription, before, actor, cause)
    return True


def _tell(subscription: Subscription, from_status: str, actor: User | None, cause: str) -> None:
    SubscriptionHistory.objects.create(
        subscription=subscription,
        from_plan_version=subscription.plan_version if from_status else None,
        to_plan_version=subscription.plan_version,
        from_status=from_status,
        to_status=subscription.status,
        actor=actor,
        cause=cause,
    )
    payload = {
        "subscription": subscription.public_id,
        "plan": subscription.plan_version.plan.code,
        "status": subscription.status,
        "period_end": subscription.current_period_end.isoformat(),
    }
    webhooks.emit(subscription.customer, "subscription.changed", payload)
    audit.record(
        "subscription.changed",
        customer=subscription.customer,
        actor=actor,
        object_id=subscription.public_id,
        before={"status": from_status} if from_status else None,
        after={"plan": payload["plan"], "status": subscription.status},
    )
    entitlements.forget(subscription.customer)

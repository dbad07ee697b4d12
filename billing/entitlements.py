"""What a customer may use: the one function that pages, the API and enforcement read.

Plan version of the subscription, or the default plan, with the operator's overrides on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Customer
from billing import plans
from billing.models import EntitlementOverride, Interval, Subscription, SubscriptionStatus
from billing.periods import period_at

CACHE_SECONDS = 5.0
CACHE_SIZE = 2_000
# A subscription in one of these states grants its plan; an unpaid one falls back to the default plan.
GRANTING_STATUSES = (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
LIMIT_OF_UNIT = {
    "MESSAGE": "messages",
    "AI_REQUEST": "ai_requests",
    "WHATSAPP_MESSAGE": "whatsapp_messages",
}

# By public id, which is never given twice.
_known: dict[str, tuple[float, Entitlements]] = {}


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Limits by name (None: no limit) and the period that they count in."""

    plan_code: str
    plan_name: str
    limits: Mapping[str, int | None]
    period_start: datetime
    period_end: datetime

    def limit(self, name: str) -> int | None:
        """The limit by its own name, or by the usage unit that it bounds."""
        return self.limits[LIMIT_OF_UNIT.get(name, name)]


def for_customer(customer: Customer) -> Entitlements:
    """The customer's entitlements now; no query while a copy of the last seconds is at hand, else three."""
    now = timezone.now()
    deadline, known = _known.get(customer.public_id, (0.0, None))
    if known is not None and deadline > monotonic() and known.period_start <= now < known.period_end:
        return known
    fresh = _read(customer, now)
    if len(_known) >= CACHE_SIZE:
        _known.clear()
    _known[customer.public_id] = (monotonic() + CACHE_SECONDS, fresh)
    return fresh


def forget(customer: Customer | None = None) -> None:
    """Read again at the next question and after the open transaction; without a customer, for everybody."""
    _drop(customer)
    transaction.on_commit(lambda: _drop(customer), robust=True)


def seat_limit(customer: Customer) -> int | None:
    """How many members the plan allows; named by settings.SEAT_LIMIT."""
    return for_customer(customer).limit("seats")


def set_override(
    customer: Customer, limit: str, value: int | None, *, reason: str = "", expires_at: datetime | None = None
) -> EntitlementOverride:
    """An operator's exception for one customer; None means no limit."""
    override, _is_new = EntitlementOverride.objects.update_or_create(
        customer=customer, limit=limit, defaults={"value": value, "reason": reason, "expires_at": expires_at}
    )
    forget(customer)
    return override


def granting_subscription(customer: Customer) -> Subscription | None:
    """The subscription that the limits come from, if there is one."""
    granting = Subscription.objects.for_customer(customer).filter(status__in=GRANTING_STATUSES)
    return granting.select_related("plan_version__plan").order_by("-id").first()


def _read(customer: Customer, now: datetime) -> Entitlements:
    subscription = granting_subscription(customer)
    version = subscription.plan_version if subscription else plans.default_version()
    start, end = _period(subscription, now) if subscription else period_at(customer.created_at, now)
    return Entitlements(
        plan_code=version.plan.code,
        plan_name=version.plan.name,
        limits=plans.limits_of(version) | _overrides(customer, now),
        period_start=start,
        period_end=end,
    )


def _period(subscription: Subscription, now: datetime) -> tuple[datetime, datetime]:
    """The paid month; within a paid year, and where a renewal is late, the anniversary's month."""
    start, end = subscription.current_period_start, subscription.current_period_end
    if subscription.interval == Interval.MONTH and start <= now < end:
        return start, end
    return period_at(subscription.anchor_at, now)


def _overrides(customer: Customer, now: datetime) -> dict[str, int | None]:
    valid = EntitlementOverride.objects.for_customer(customer).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    return dict(valid.values_list("limit", "value"))


def _drop(customer: Customer | None) -> None:
    if customer is None:
        _known.clear()
    else:
        _known.pop(customer.public_id, None)

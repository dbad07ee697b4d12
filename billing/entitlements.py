"""What a customer may use: the one function that pages, the API and enforcement read.

Plan version of the live subscription, or the default plan, with the operator's overrides on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db.models import Q
from django.utils import timezone

from accounts.models import Customer
from billing.models import LIMIT_NAMES, LIVE_STATUSES, EntitlementOverride, Plan, PlanVersion, Subscription
from billing.periods import period_at

CACHE_SECONDS = 5.0
CACHE_SIZE = 2_000

_known: dict[int, tuple[float, Entitlements]] = {}


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Limits by name (None: no limit) and the period that they count in."""

    plan_code: str
    plan_name: str
    limits: Mapping[str, int | None]
    period_start: datetime
    period_end: datetime

    def limit(self, name: str) -> int | None:
        return self.limits[name]


def for_customer(customer: Customer) -> Entitlements:
    """The customer's entitlements now; no query while a copy of the last seconds is at hand."""
    deadline, known = _known.get(customer.pk, (0.0, None))
    if known is not None and deadline > monotonic() and known.period_end > timezone.now():
        return known
    fresh = _read(customer)
    if len(_known) >= CACHE_SIZE:
        _known.clear()
    _known[customer.pk] = (monotonic() + CACHE_SECONDS, fresh)
    return fresh


def forget(customer: Customer | None = None) -> None:
    """Read again at the next question; without a customer, for everybody."""
    if customer is None:
        _known.clear()
    else:
        _known.pop(customer.pk, None)


def seat_limit(customer: Customer) -> int | None:
    """How many members the plan allows; named by settings.SEAT_LIMIT."""
    return for_customer(customer).limit("seats")


def live_subscription(customer: Customer) -> Subscription | None:
    return (
        Subscription.objects.for_customer(customer)
        .filter(status__in=LIVE_STATUSES)
        .select_related("plan_version__plan")
        .order_by("-id")
        .first()
    )


def _read(customer: Customer) -> Entitlements:
    subscription = live_subscription(customer)
    version = subscription.plan_version if subscription else default_version()
    anchor = subscription.anchor_at if subscription else customer.created_at
    start, end = period_at(anchor, timezone.now())
    limits = {name: getattr(version, name) if version else None for name in LIMIT_NAMES}
    return Entitlements(
        plan_code=version.plan.code if version else "",
        plan_name=version.plan.name if version else "",
        limits=limits | _overrides(customer),
        period_start=start,
        period_end=end,
    )


def default_version() -> PlanVersion | None:
    """The version that customers without a subscription live under."""
    plan = Plan.objects.filter(is_default=True).select_related("current_version__plan").first()
    return plan.current_version if plan else None


def _overrides(customer: Customer) -> dict[str, int | None]:
    now = timezone.now()
    valid = EntitlementOverride.objects.for_customer(customer).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    return dict(valid.values_list("limit", "value"))

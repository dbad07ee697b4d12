"""Decides what a plan grants and costs now; editing a plan makes a new version, subscribers keep theirs.

Called by entitlements, the pricing and billing pages, the seed, and the operators' admin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet

from billing.default_plans import create_missing
from billing.models import LIMIT_NAMES, Plan, PlanPrice, PlanVersion

Limits = Mapping[str, int | None]


def ensure_default_plans() -> None:
    """Create the plans of a fresh installation that are missing; safe to run again."""
    with transaction.atomic():
        create_missing(Plan, PlanVersion, PlanPrice)


def default_version() -> PlanVersion:
    """What customers without a subscription have; an empty table of plans is filled first."""
    version = _default_version()
    if version is None:
        ensure_default_plans()
        version = _default_version()
    if version is None:
        raise PlanVersion.DoesNotExist("No plan has a version: give one in the admin.")
    return version


def public_plans() -> QuerySet[Plan]:
    """Plans of the pricing page with their current version's prices, two queries in all."""
    prices = Prefetch("current_version__prices", PlanPrice.objects.order_by("interval", "currency"))
    shown = Plan.objects.filter(is_public=True, current_version__isnull=False)
    return shown.select_related("current_version").prefetch_related(prices)


def new_version(plan: Plan, changes: Mapping[str, Any], prices: Mapping[tuple[str, str], int]) -> PlanVersion:
    """Make the plan's next version from its current one with `changes`, and point the plan at it."""
    with transaction.atomic():
        locked = Plan.objects.select_for_update().get(pk=plan.pk)
        fields = ("trial_days", "features", *LIMIT_NAMES)
        current = locked.current_version
        kept = {name: getattr(current, name) for name in fields} if current else {}
        version = PlanVersion.objects.create(plan=locked, number=_next_number(locked), **{**kept, **changes})
        PlanPrice.objects.bulk_create(
            PlanPrice(version=version, interval=interval, currency=currency, amount_minor=amount)
            for (interval, currency), amount in prices.items()
        )
        if current:
            _copy_overage_prices(current, version)
        Plan.objects.filter(pk=plan.pk).update(current_version=version)
    return version


def make_default(plan: Plan) -> None:
    """Customers without a subscription live under this plan from now on, and under no other."""
    with transaction.atomic():
        Plan.objects.exclude(pk=plan.pk).filter(is_default=True).update(is_default=False)
        Plan.objects.filter(pk=plan.pk).update(is_default=True)


def limits_of(version: PlanVersion) -> dict[str, int | None]:
    return {name: getattr(version, name) for name in LIMIT_NAMES}


def _default_version() -> PlanVersion | None:
    """The default plan's version; without a default, that of the first plan."""
    plans = Plan.objects.filter(current_version__isnull=False).select_related("current_version__plan")
    plan = plans.order_by("-is_default", "position", "id").first()
    return plan.current_version if plan else None


def _next_number(plan: Plan) -> int:
    highest: int | None = plan.versions.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def _copy_overage_prices(current: PlanVersion, version: PlanVersion) -> None:
    for price in current.overage_prices.all():
        price.pk = None
        price.version = version
        price.save(force_insert=True)

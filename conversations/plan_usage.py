"""Decides how the overview shows what is used of the plan: a meter each, and whether it will last.

Called by conversations.overview_views. Knows the plan through billing.entitlements only.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.models import Customer, Membership
from billing import entitlements
from billing.entitlements import Entitlements
from knowledge.models import KnowledgeItem
from usage import metering
from usage.models import UsageType

LEAST_ELAPSED = 0.1
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True)
class Meter:
    label: str
    used: int
    limit: int | None
    used_text: str
    limit_text: str
    tone: str = ""
    estimate: float | None = None
    note: str = ""
    note_tone: str = ""


@dataclass(frozen=True, slots=True)
class PlanUsage:
    plan_name: str
    meters: list[Meter]


def meters(customer: Customer) -> PlanUsage:
    """Answers of this period with a forecast, sources and seats: three statements beside the plan's."""
    plan = entitlements.for_customer(customer)
    used = metering.used(customer.pk, plan.period_start)
    items = KnowledgeItem.objects.for_customer(customer).filter(deleted_at__isnull=True).count()
    seats = Membership.objects.for_customer(customer).count()
    return PlanUsage(
        plan_name=plan.plan_name,
        meters=[
            _with_forecast(plan, used.get(UsageType.MESSAGE, 0), timezone.now()),
            _meter(_("Sources"), items, plan.limit("knowledge_items")),
            _meter(_("Seats"), seats, plan.limit("seats")),
        ],
    )


def _meter(label: str, used: int, limit: int | None) -> Meter:
    is_nearly_full = limit is not None and used >= NEARLY_FULL * limit
    return Meter(
        label=label,
        used=used,
        limit=limit,
        used_text=number_format(used, force_grouping=True),
        limit_text=number_format(limit, force_grouping=True) if limit is not None else "",
        tone="warning" if is_nearly_full else "",
    )


def _with_forecast(plan: Entitlements, used: int, now: datetime) -> Meter:
    """The answers used, and at this pace the day on which they run out, once the period is old enough to tell."""
    meter = _meter(_("Answers"), used, plan.limit("messages"))
    length = plan.period_end - plan.period_start
    elapsed = (now - plan.period_start) / length if length else 0.0
    if meter.limit is None or elapsed < LEAST_ELAPSED or not used:
        return meter
    estimate = used / elapsed
    if estimate <= meter.limit:
        return replace(meter, estimate=estimate, note=_("At this pace it lasts the whole period."))
    full_at = plan.period_start + (now - plan.period_start) * (meter.limit / used)
    words = _("At this pace: 100 %% on %(day)s.") if full_at > now else _("Used up since %(day)s.")
    note = words % {"day": date_format(full_at, "j F")}
    return replace(meter, estimate=meter.limit, note=note, note_tone="warning")

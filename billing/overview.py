"""Decides what the plan page and the usage page show: use against limits, the outlook, plans on sale.

Called by billing's views; reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Customer
from billing.entitlements import Entitlements
from billing.models import Interval, Plan, PlanPrice, PlanVersion
from billing.money import money
from usage import reports
from usage.charts import BarChart, Figure, bar_chart
from usage.models import UsageType
from usage.reports import Day

WARNING_SHARE, FULL_SHARE = 0.8, 1.0
UNIT_LABELS = {
    UsageType.MESSAGE: gettext_lazy("Answers"),
    UsageType.AI_REQUEST: gettext_lazy("AI requests"),
    UsageType.WHATSAPP_MESSAGE: gettext_lazy("WhatsApp messages"),
}
HELD_LABELS = {
    "chatbots": gettext_lazy("Bots"),
    "seats": gettext_lazy("Seats"),
    "knowledge_items": gettext_lazy("Knowledge items"),
    "knowledge_bytes": gettext_lazy("Knowledge size"),
}


@dataclass(frozen=True, slots=True)
class Meter:
    """One bar: so much of so much, the sentence below it, and whether it is time to worry."""

    label: str | Promise
    used: int
    limit: int | None
    used_text: str
    limit_text: str
    tone: str = ""
    estimate: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan on sale, as one card."""

    plan: Plan
    price_text: str
    year_text: str
    limits: tuple[str, ...]
    is_current: bool


def unit_meters(rights: Entitlements, used: Mapping[str, int]) -> list[Meter]:
    """Use of the period, unit by unit, with where it ends at this pace."""
    return [_unit_meter(unit, rights, used.get(unit, 0)) for unit in UNIT_LABELS]


def held_meters(rights: Entitlements, held: Mapping[str, int]) -> list[Meter]:
    """What is kept: it does not reset, it is made room for."""
    return [_meter(label, held[name], rights.limit(name), name) for name, label in HELD_LABELS.items()]


def runs_out_on(rights: Entitlements, used: Mapping[str, int]) -> date | None:
    """The day on which the answers end at the present pace, if that is before the reset."""
    answers = used.get(UsageType.MESSAGE, 0)
    limit = rights.limit("messages")
    return reports.forecast(answers, limit, rights.period_start, rights.period_end).runs_out_on


def answers_chart(customer: Customer, rights: Entitlements) -> BarChart:
    shown = reports.days(customer, rights.period_start, rights.period_end)
    return bar_chart(
        [_figure(day) for day in shown],
        title=_("Answers a day"),
        summary=_summary(shown),
        series_name=_("Answers a day"),
        estimate_name=_("Estimate"),
    )


def offers(plans: list[Plan], customer: Customer, rights: Entitlements) -> list[Offer]:
    """Plans on sale in the customer's currency, or in the first that they have."""
    return [
        Offer(
            plan=plan,
            price_text=price_text(plan.current_version, Interval.MONTH, customer.currency),
            year_text=price_text(plan.current_version, Interval.YEAR, customer.currency),
            limits=_limit_lines(plan.current_version),
            is_current=plan.code == rights.plan_code,
        )
        for plan in plans
        if plan.current_version
    ]


def price_text(version: PlanVersion, interval: str, currency: str) -> str:
    prices = {price.currency: price for price in version.prices.all() if price.interval == interval}
    price: PlanPrice | None = prices.get(currency) or next(iter(prices.values()), None)
    return money(price.amount_minor, price.currency) if price else ""


def reset_text(rights: Entitlements) -> str:
    return date_format(timezone.localtime(rights.period_end), "j F Y")


def _unit_meter(unit: UsageType, rights: Entitlements, used: int) -> Meter:
    limit = rights.limit(unit)
    outlook = reports.forecast(used, limit, rights.period_start, rights.period_end)
    note = ""
    if outlook.runs_out_on:
        note = _("At this pace used up on %(day)s") % {"day": date_format(outlook.runs_out_on, "j F")}
    elif outlook.expected > used:
        note = _("About %(count)s at this pace") % {"count": _count(outlook.expected)}
    return _meter(UNIT_LABELS[unit], used, limit, unit, estimate=outlook.expected, note=note)


def _meter(
    label: str | Promise, used: int, limit: int | None, name: str, *, estimate: int = 0, note: str = ""
) -> Meter:
    write = filesizeformat if name == "knowledge_bytes" else _count
    share = used / limit if limit else float(limit == 0)
    tone = "danger" if share >= FULL_SHARE else "warning" if share >= WARNING_SHARE else ""
    limit_text = "" if limit is None else write(limit)
    return Meter(label, used, limit, write(used), limit_text, tone, estimate, note)


def _figure(day: Day) -> Figure:
    return Figure(
        label=date_format(day.date, "j M"),
        long_label=date_format(day.date, "D j M"),
        value=day.quantity,
        is_estimate=day.is_estimate,
    )


def _summary(shown: list[Day]) -> str:
    gone = [day.quantity for day in shown if not day.is_estimate]
    if not any(gone):
        return _("No answers in this period yet.")
    said = {"low": _count(min(gone)), "high": _count(max(gone))}
    return _("Between %(low)s and %(high)s a day so far.") % said


def _limit_lines(version: PlanVersion) -> tuple[str, ...]:
    lines = (
        (
            version.messages,
            ngettext("%(count)s answer a month", "%(count)s answers a month", version.messages or 2),
        ),
        (version.chatbots, ngettext("%(count)s bot", "%(count)s bots", version.chatbots or 2)),
        (version.seats, ngettext("%(count)s seat", "%(count)s seats", version.seats or 2)),
        (
            version.knowledge_items,
            ngettext("%(count)s knowledge item", "%(count)s knowledge items", version.knowledge_items or 2),
        ),
    )
    return tuple(
        line % {"count": _("Unlimited") if limit is None else _count(limit)} for limit, line in lines
    )


def _count(value: int) -> str:
    return str(number_format(value, force_grouping=True))

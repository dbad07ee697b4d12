"""Decides what the public price list says of each plan: prices in words, limits side by side.

Called by config.pages; reads billing's plans and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Interval, Plan, PlanVersion
from billing.money import money, symbol
from billing.overview import price_text
from usage.models import UsageType


@dataclass(frozen=True, slots=True)
class PlanCard:
    code: str
    name: str
    description: str
    monthly_text: str
    yearly_text: str
    features: tuple[str, ...]
    trial_days: int
    is_free: bool
    is_current: bool
    is_highlighted: bool


@dataclass(frozen=True, slots=True)
class LimitRow:
    label: str | Promise
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitGroup:
    title: str | Promise
    rows: tuple[LimitRow, ...]


Reader = Callable[[PlanVersion], str]


def public_plans() -> list[Plan]:
    """Plans on sale, in order, with all that the price list shows, in three queries."""
    plans = Plan.objects.filter(is_public=True, current_version__isnull=False)
    return list(
        plans.select_related("current_version").prefetch_related(
            "current_version__prices", "current_version__overage_prices"
        )
    )


def card(plan: Plan, current_code: str = "") -> PlanCard:
    version = _version(plan)
    currency = settings.DEFAULT_CURRENCY
    return PlanCard(
        code=plan.code,
        name=plan.name,
        description=plan.description,
        monthly_text=price_text(version, Interval.MONTH, currency) or money(0, currency),
        yearly_text=price_text(version, Interval.YEAR, currency),
        features=tuple(str(feature) for feature in version.features),
        trial_days=version.trial_days,
        is_free=not any(price.amount_minor for price in version.prices.all()),
        is_current=plan.code == current_code,
        is_highlighted=plan.is_highlighted,
    )


def limit_groups(plans: Sequence[Plan]) -> tuple[LimitGroup, ...]:
    """The comparison below the prices: one value a plan in each row."""
    versions = [_version(plan) for plan in plans]
    return tuple(
        LimitGroup(
            title=title,
            rows=tuple(
                LimitRow(label=label, values=tuple(read(version) for version in versions))
                for label, read in rows
            ),
        )
        for title, rows in LIMITS
    )


def _version(plan: Plan) -> PlanVersion:
    if plan.current_version is None:
        raise ValueError("a plan on sale has a version")
    return plan.current_version


def _count(value: int | None) -> str:
    if value is None:
        return _("No limit")
    return str(intcomma(value)) if value else _("Not included")


def _bytes(version: PlanVersion) -> str:
    return _("No limit") if version.knowledge_bytes is None else filesizeformat(version.knowledge_bytes)


def _above(version: PlanVersion) -> str:
    if version.messages is None:
        return "–"
    overage = next((one for one in version.overage_prices.all() if one.unit == UsageType.MESSAGE), None)
    if overage is None:
        return _("Stops")
    amount = format(overage.amount.normalize(), "f")
    return _("%(price)s each, up to your ceiling") % {
        "price": f"{symbol(overage.currency)}\N{NO-BREAK SPACE}{amount}"
    }


LIMITS: tuple[tuple[Promise, tuple[tuple[Promise, Reader], ...]], ...] = (
    (
        gettext_lazy("Answers"),
        (
            (gettext_lazy("Answers a month"), lambda version: _count(version.messages)),
            (gettext_lazy("Above that"), _above),
            (gettext_lazy("Answers with sources"), lambda version: _("Yes")),
        ),
    ),
    (
        gettext_lazy("Knowledge"),
        (
            (gettext_lazy("Bots"), lambda version: _count(version.chatbots)),
            (gettext_lazy("Knowledge items"), lambda version: _count(version.knowledge_items)),
            (gettext_lazy("Size of all files"), _bytes),
        ),
    ),
    (
        gettext_lazy("Channels and people"),
        (
            (gettext_lazy("Website"), lambda version: _("Yes")),
            (gettext_lazy("WhatsApp messages a month"), lambda version: _count(version.whatsapp_messages)),
            (gettext_lazy("Seats"), lambda version: _count(version.seats)),
        ),
    ),
)

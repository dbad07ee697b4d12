"""Counts what is used: conditional counters and the append-only ledger. Knows numbers, not plans.

Called by billing.quotas (reserve, settle, release) and by the engine (record).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import Case, Value, When

from usage.models import UsageCounter, UsageLog

CUSTOMER_SCOPE = "customer"
UsageCounters: TypeAlias = "QuerySet[UsageCounter]"


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One counted unit and what caused it; cost in millionths of the currency."""

    customer_id: int
    type: str
    idempotency_key: str
    period_start: datetime
    quantity: int = 1
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    currency: str = "USD"
    message_id: int | None = None
    chatbot_id: int | None = None
    channel: str = ""
    provider: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """So much of a unit is wanted, and the counter may not pass `limit` (None: no limit)."""

    unit: str
    quantity: int
    limit: int | None


def add_if_below(
    customer_id: int,
    unit: str,
    quantity: int,
    limit: int | None,
    period_start: datetime,
    scope: str = CUSTOMER_SCOPE,
) -> bool:
    """Add to one counter unless it would pass the limit; one conditional UPDATE decides."""
    return add_all_if_below(customer_id, [Demand(unit, quantity, limit)], period_start, scope) is None


def add_all_if_below(
    customer_id: int, demands: list[Demand], period_start: datetime, scope: str = CUSTOMER_SCOPE
) -> Demand | None:
    """Add to all counters or to none: one UPDATE, whose row count says whether every limit held.

    Returns the demand that was refused, or None. To be called inside a transaction that a refusal rolls back.
    """
    wanted = [demand for demand in demands if demand.quantity > 0]
    counters = _counters(customer_id, period_start, scope)
    if not wanted or _add(counters, wanted) == len(wanted):
        return None
    _make_missing(customer_id, [demand.unit for demand in wanted], period_start, scope)
    if _add(counters, wanted) == len(wanted):
        return None
    used = dict(counters.values_list("unit", "used"))
    return next((each for each in wanted if _is_over(each, used)), wanted[0])


def _add(counters: UsageCounters, demands: list[Demand]) -> int:
    """Rows changed; anything but all of them is undone."""
    fits = Q()
    for demand in demands:
        room = Q() if demand.limit is None else Q(used__lte=demand.limit - demand.quantity)
        fits |= Q(unit=demand.unit) & room
    added = Case(
        *(When(unit=demand.unit, then=Value(demand.quantity)) for demand in demands), default=Value(0)
    )
    with transaction.atomic():
        changed = counters.filter(fits).update(used=F("used") + added)
        if changed != len(demands):
            transaction.set_rollback(True)
    return int(changed)


def _is_over(demand: Demand, used: Mapping[str, int]) -> bool:
    return demand.limit is not None and used.get(demand.unit, 0) + demand.quantity > demand.limit


def _make_missing(customer_id: int, units: Iterable[str], period_start: datetime, scope: str) -> None:
    """The counters' rows, made on first use; somebody else's are as good."""
    for unit in units:
        try:
            with transaction.atomic():
                UsageCounter.objects.get_or_create(
                    customer_id=customer_id, scope=scope, unit=unit, period_start=period_start
                )
        except IntegrityError:
            continue


def change(
    customer_id: int, quantities: Mapping[str, int], period_start: datetime, scope: str = CUSTOMER_SCOPE
) -> None:
    """Move counters whatever their limits: up for what was used without a reservation, down for what was not used."""
    moves = {unit: quantity for unit, quantity in quantities.items() if quantity}
    if not moves:
        return
    moved = Case(
        *(When(unit=unit, then=Value(quantity)) for unit, quantity in moves.items()), default=Value(0)
    )
    counters = _counters(customer_id, period_start, scope).filter(unit__in=moves)
    with transaction.atomic():
        if counters.count() < len(moves):
            _make_missing(customer_id, moves, period_start, scope)
        counters.update(used=F("used") + moved)


def record(entry: UsageRecord) -> bool:
    """Write one ledger row; False when its idempotency key was there before."""
    try:
        with transaction.atomic():
            UsageLog.objects.create(**_columns(entry))
    except IntegrityError:
        return False
    return True


def record_all(entries: list[UsageRecord]) -> None:
    """Write ledger rows in one statement; a key that is there already is left as it is."""
    UsageLog.objects.bulk_create([UsageLog(**_columns(entry)) for entry in entries], ignore_conflicts=True)


def _columns(entry: UsageRecord) -> dict[str, object]:
    return {name: getattr(entry, name) for name in UsageRecord.__slots__}


def used(customer_id: int, period_start: datetime) -> dict[str, int]:
    """What the counters say of one period, by unit."""
    return dict(_counters(customer_id, period_start, CUSTOMER_SCOPE).values_list("unit", "used"))


def logged(customer_id: int, period_start: datetime) -> dict[str, int]:
    """What the ledger says of one period, by unit."""
    rows = UsageLog.objects.filter(customer_id=customer_id, period_start=period_start)
    return dict(rows.values_list("type").annotate(total=Sum("quantity")).values_list("type", "total"))


def _counters(customer_id: int, period_start: datetime, scope: str) -> UsageCounters:
    return UsageCounter.objects.filter(customer_id=customer_id, scope=scope, period_start=period_start)

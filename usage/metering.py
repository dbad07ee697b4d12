"""Counts what is used: conditional counters and the append-only ledger. Knows numbers, not plans.

Called by billing.quotas (reserve, settle, release) and by the engine and the transports (record).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from usage.models import UsageCounter, UsageLog

CUSTOMER_SCOPE = "customer"


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
    created_at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True, slots=True)
class Demand:
    """So much of a unit is wanted, and the counter may not pass `limit` (None: no limit)."""

    unit: str
    quantity: int
    limit: int | None = None


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
    customer_id: int, demands: Sequence[Demand], period_start: datetime, scope: str = CUSTOMER_SCOPE
) -> Demand | None:
    """Add to all counters or to none: one UPDATE, whose row count says whether every limit held.

    Returns the demand that was refused, or None.
    """
    wanted = [demand for demand in demands if demand.quantity]
    counters = _counters(customer_id, period_start, scope)
    if not wanted or _add_all(counters, wanted):
        return None
    # Tried again even where nothing was missing: somebody else may have made the counters meanwhile.
    _create_missing(counters, wanted, customer_id, period_start, scope)
    if _add_all(counters, wanted):
        return None
    used = dict(counters.values_list("unit", "used"))
    limited = [demand for demand in wanted if demand.limit is not None]
    return next((each for each in limited if _is_over(each, used)), limited[0])


def change(
    customer_id: int, quantities: Mapping[str, int], period_start: datetime, scope: str = CUSTOMER_SCOPE
) -> None:
    """Move counters whatever their limits; where nothing changes, no statement is made."""
    moves = [Demand(unit, quantity) for unit, quantity in sorted(quantities.items())]
    add_all_if_below(customer_id, moves, period_start, scope)


def record(entry: UsageRecord) -> UsageLog | None:
    """Write one ledger row; None when its idempotency key was there before."""
    log = UsageLog(**_columns(entry))
    try:
        with transaction.atomic():
            log.save(force_insert=True)
    except IntegrityError:
        if UsageLog.objects.filter(idempotency_key=entry.idempotency_key).exists():
            return None
        raise
    return log


def record_all(entries: Iterable[UsageRecord]) -> None:
    """Write ledger rows in one statement; a key that is there already is left as it is."""
    UsageLog.objects.bulk_create([UsageLog(**_columns(entry)) for entry in entries], ignore_conflicts=True)


def used(customer_id: int, period_start: datetime, scope: str = CUSTOMER_SCOPE) -> dict[str, int]:
    """What the counters say of one period, by unit: used and held back."""
    return dict(_counters(customer_id, period_start, scope).values_list("unit", "used"))


def logged(customer_id: int, period_start: datetime) -> dict[str, int]:
    """What the ledger says of one period, by unit."""
    rows = UsageLog.objects.filter(customer_id=customer_id, period_start=period_start).order_by()
    return dict(rows.values_list("type").annotate(total=Sum("quantity")))


def _add_all(counters: QuerySet[UsageCounter], demands: Sequence[Demand]) -> bool:
    """Whether every counter had its row and its room; otherwise nothing is added."""
    fits = Q(pk__in=[])
    for demand in demands:
        room = {} if demand.limit is None else {"used__lte": demand.limit - demand.quantity}
        fits |= Q(unit=demand.unit, **room)
    steps = (When(unit=demand.unit, then=Value(demand.quantity)) for demand in demands)
    units = [demand.unit for demand in demands]
    with transaction.atomic():
        changed = counters.filter(fits, unit__in=units).update(
            used=F("used") + Case(*steps, default=Value(0))
        )
        if changed != len(demands):
            transaction.set_rollback(True)
    return int(changed) == len(demands)


def _is_over(demand: Demand, used: Mapping[str, int]) -> bool:
    return demand.limit is not None and used.get(demand.unit, 0) + demand.quantity > demand.limit


def _create_missing(
    counters: QuerySet[UsageCounter],
    demands: Sequence[Demand],
    customer_id: int,
    period_start: datetime,
    scope: str,
) -> bool:
    """Rows at zero where none were. An upsert: what INSERT IGNORE locks would deadlock on MariaDB."""
    known = set(counters.values_list("unit", flat=True))
    missing = sorted(demand.unit for demand in demands if demand.unit not in known)
    needs_target = connection.features.supports_update_conflicts_with_target
    UsageCounter.objects.bulk_create(
        [
            UsageCounter(customer_id=customer_id, scope=scope, unit=unit, period_start=period_start)
            for unit in missing
        ],
        update_conflicts=True,
        update_fields=["scope"],
        unique_fields=["customer", "scope", "unit", "period_start"] if needs_target else None,
    )
    return bool(missing)


def _columns(entry: UsageRecord) -> dict[str, object]:
    return {name: getattr(entry, name) for name in UsageRecord.__slots__}


def _counters(customer_id: int, period_start: datetime, scope: str) -> QuerySet[UsageCounter]:
    return UsageCounter.objects.filter(customer_id=customer_id, scope=scope, period_start=period_start)

"""Is that too much? Reserve before an answer, settle with what was used, release when nothing was.

Called by the engine, transports and every page that adds something countable. No lock is held in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements
from billing.exceptions import QuotaExceeded
from usage import metering
from usage.metering import Demand
from usage.models import Reservation, ReservationState, UsageType

RESERVATION_MINUTES = 10
LIMIT_OF_UNIT = {
    UsageType.MESSAGE.value: "messages",
    UsageType.AI_REQUEST.value: "ai_requests",
    UsageType.WHATSAPP_MESSAGE.value: "whatsapp_messages",
}


@transaction.atomic
def reserve(customer: Customer, key: str, amounts: Mapping[str, int]) -> Reservation:
    """Hold units back, all or none; two statements while the counters exist. QuotaExceeded names the spent one."""
    allowed = entitlements.for_customer(customer)
    demands = [
        Demand(unit, quantity, allowed.limit(LIMIT_OF_UNIT[unit]))
        for unit, quantity in sorted(amounts.items())
    ]
    refused = metering.add_all_if_below(customer.pk, demands, allowed.period_start)
    if refused is not None:
        raise QuotaExceeded(refused.unit, refused.limit or 0, allowed.period_end)
    return Reservation.objects.create(
        key=key,
        customer=customer,
        amounts=dict(amounts),
        period_start=allowed.period_start,
        expires_at=timezone.now() + timedelta(minutes=RESERVATION_MINUTES),
    )


def settle(reservation: Reservation, amounts: Mapping[str, int]) -> bool:
    """Keep what was used of a reservation and give the rest back, once; False when it was ended before."""
    return _end(reservation, ReservationState.SETTLED, amounts)


def release(reservation: Reservation) -> bool:
    """Give all of a reservation back, once; False when it was ended before."""
    return _end(reservation, ReservationState.RELEASED, {})


@transaction.atomic
def _end(reservation: Reservation, state: str, kept: Mapping[str, int]) -> bool:
    ended = Reservation.objects.filter(pk=reservation.pk, state=ReservationState.OPEN).update(state=state)
    if not ended:
        return False
    unused = {unit: kept.get(unit, 0) - quantity for unit, quantity in reservation.amounts.items()}
    metering.change(reservation.customer_id, unused, reservation.period_start)
    return True


def expire(limit: int = 500) -> int:
    """Release reservations whose owner died; how many."""
    overdue = Reservation.objects.filter(state=ReservationState.OPEN, expires_at__lt=timezone.now())
    return sum(release(reservation) for reservation in overdue.order_by("id")[:limit])


def check_room(customer: Customer, limit_name: str, current: int, adding: int = 1) -> None:
    """QuotaExceeded when `adding` more would pass a limit that no period renews."""
    limit = entitlements.for_customer(customer).limit(limit_name)
    if limit is not None and current + adding > limit:
        raise QuotaExceeded(limit_name, limit)

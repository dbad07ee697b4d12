"""Is that too much? Reserve before an answer, settle with what was used, release when nothing was.

Called by the engine, transports and every page that adds something countable. No lock is held in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements
from billing.entitlements import Entitlements
from billing.exceptions import QuotaExceeded
from usage import metering
from usage.metering import Demand
from usage.models import Reservation, ReservationState

# Longer than any answer may take; a process that died cannot hold units back for longer.
RESERVATION_LIFETIME = timedelta(minutes=10)


@transaction.atomic
def reserve(customer: Customer, key: str, amounts: Mapping[str, int]) -> Reservation:
    """Hold units back, all or none; two statements while the counters exist. QuotaExceeded names the spent one.

    The same key again returns the first reservation and counts nothing; a released one is held anew.
    """
    allowed = entitlements.for_customer(customer)
    reservation = _insert(customer, key, dict(amounts), allowed)
    if reservation is None:
        reservation = Reservation.objects.for_customer(customer).get(key=key)
        if not _reopen(reservation, dict(amounts), allowed):
            return reservation
    _hold(reservation, allowed)
    return reservation


def settle(reservation: Reservation, amounts: Mapping[str, int]) -> bool:
    """Replace what a reservation holds by what was used, once; False when it was ended before."""
    return _end(reservation, ReservationState.SETTLED, amounts)


def release(reservation: Reservation) -> bool:
    """Give all of a reservation back, once; False when it was ended before."""
    return _end(reservation, ReservationState.RELEASED, {})


def expire(limit: int = 500) -> int:
    """Release reservations whose owner died; how many. Safe to run in several workers at once."""
    overdue = Reservation.objects.filter(state=ReservationState.OPEN, expires_at__lt=timezone.now())
    return sum(release(reservation) for reservation in overdue.order_by("expires_at")[:limit])


def check_room(customer: Customer, limit_name: str, current: int, adding: int = 1) -> None:
    """QuotaExceeded when `adding` more would pass a limit that no period renews."""
    limit = entitlements.for_customer(customer).limit(limit_name)
    if limit is not None and current + adding > limit:
        raise QuotaExceeded(limit_name, limit)


def _insert(
    customer: Customer, key: str, amounts: dict[str, int], allowed: Entitlements
) -> Reservation | None:
    try:
        with transaction.atomic():
            return Reservation.objects.create(key=key, customer=customer, **_terms(amounts, allowed))
    except IntegrityError:
        return None


def _reopen(reservation: Reservation, amounts: dict[str, int], allowed: Entitlements) -> bool:
    terms = _terms(amounts, allowed)
    released = Reservation.objects.filter(pk=reservation.pk, state=ReservationState.RELEASED)
    is_reopened = released.update(state=ReservationState.OPEN, **terms) == 1
    if is_reopened:
        reservation.refresh_from_db()
    return is_reopened


def _terms(amounts: dict[str, int], allowed: Entitlements) -> dict[str, object]:
    expires_at = timezone.now() + RESERVATION_LIFETIME
    return {"amounts": amounts, "period_start": allowed.period_start, "expires_at": expires_at}


def _hold(reservation: Reservation, allowed: Entitlements) -> None:
    demands = [
        Demand(unit, quantity, allowed.limit(unit)) for unit, quantity in sorted(reservation.amounts.items())
    ]
    refused = metering.add_all_if_below(reservation.customer_id, demands, allowed.period_start)
    if refused is not None:
        raise QuotaExceeded(refused.unit, refused.limit or 0, allowed.period_end)


@transaction.atomic
def _end(reservation: Reservation, state: ReservationState, kept: Mapping[str, int]) -> bool:
    """The one conditional step out of OPEN; who takes it corrects the counters."""
    ended = Reservation.objects.filter(pk=reservation.pk, state=ReservationState.OPEN).update(state=state)
    if not ended:
        return False
    units = {*reservation.amounts, *kept}
    corrections = {unit: kept.get(unit, 0) - reservation.amounts.get(unit, 0) for unit in units}
    metering.change(reservation.customer_id, corrections, reservation.period_start)
    return True

"""Limits are exact, whatever happens at once; nothing is counted twice; what failed costs nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements, quotas, tasks
from billing.exceptions import QuotaExceeded
from tests import factories
from tests.billing.conftest import Threads
from usage import metering
from usage.models import Reservation, ReservationState, UsageCounter, UsageType

pytestmark = pytest.mark.django_db
ANSWER = {UsageType.MESSAGE.value: 1, UsageType.AI_REQUEST.value: 1}


def used(customer: Customer) -> dict[str, int]:
    return metering.used(customer.pk, entitlements.for_customer(customer).period_start)


def statements(work: Callable[[], object]) -> list[str]:
    """What the work asks of the database, transaction control left out."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]


def test_reserve_costs_two_statements_and_settle_two(customer: Customer) -> None:
    quotas.reserve(customer, "warm", ANSWER)
    assert statements(lambda: quotas.reserve(customer, "key", ANSWER)) == ["INSERT", "UPDATE"]
    reservation = Reservation.objects.get(key="key")
    assert statements(lambda: quotas.settle(reservation, {"MESSAGE": 1})) == ["UPDATE", "UPDATE"]
    reservation = Reservation.objects.get(key="warm")
    assert statements(lambda: quotas.settle(reservation, ANSWER)) == ["UPDATE"]
    assert used(customer) == {"MESSAGE": 2, "AI_REQUEST": 1}


def test_refuses_when_quota_is_spent_and_changes_nothing(customer: Customer) -> None:
    entitlements.set_override(customer, "messages", 1)
    quotas.reserve(customer, "first", ANSWER)
    with pytest.raises(QuotaExceeded) as refusal:
        quotas.reserve(customer, "second", ANSWER)
    window = entitlements.for_customer(customer)
    assert (refusal.value.unit, refusal.value.limit) == ("MESSAGE", 1)
    assert refusal.value.resets_at == window.period_end
    assert used(customer) == {"MESSAGE": 1, "AI_REQUEST": 1}
    assert list(Reservation.objects.values_list("key", flat=True)) == ["first"]


def test_names_the_unit_that_is_spent(customer: Customer) -> None:
    entitlements.set_override(customer, "ai_requests", 1)
    entitlements.set_override(customer, "messages", 2)
    quotas.reserve(customer, "first", ANSWER)
    with pytest.raises(QuotaExceeded) as refusal:
        quotas.reserve(customer, "second", ANSWER)
    assert refusal.value.unit == "AI_REQUEST"
    assert "AI requests" in refusal.value.sentence


def test_limit_of_nothing_refuses_the_first(customer: Customer) -> None:
    entitlements.set_override(customer, "messages", 0)
    with pytest.raises(QuotaExceeded):
        quotas.reserve(customer, "first", ANSWER)
    assert sum(used(customer).values()) == 0


def test_no_limit_counts_without_end(customer: Customer) -> None:
    entitlements.set_override(customer, "messages", None)
    for number in range(3):
        quotas.reserve(customer, f"key-{number}", {UsageType.MESSAGE: 1000})
    assert used(customer) == {"MESSAGE": 3000}


def test_the_same_key_counts_once(customer: Customer) -> None:
    first = quotas.reserve(customer, "same", ANSWER)
    assert quotas.reserve(customer, "same", ANSWER) == first
    assert used(customer) == {"MESSAGE": 1, "AI_REQUEST": 1}


def test_a_released_key_is_held_anew(customer: Customer) -> None:
    first = quotas.reserve(customer, "same", ANSWER)
    assert quotas.release(first)
    again = quotas.reserve(customer, "same", ANSWER)
    assert (again.pk, again.state) == (first.pk, ReservationState.OPEN)
    assert used(customer) == {"MESSAGE": 1, "AI_REQUEST": 1}


def test_another_customers_key_is_not_ones_own(customer: Customer, other_customer: Customer) -> None:
    quotas.reserve(customer, "same", ANSWER)
    with pytest.raises(Reservation.DoesNotExist):
        quotas.reserve(other_customer, "same", ANSWER)


def test_settles_or_releases_once(customer: Customer) -> None:
    reservation = quotas.reserve(customer, "first", ANSWER)
    assert quotas.settle(reservation, ANSWER) is True
    assert quotas.settle(reservation, {}) is False
    assert quotas.release(reservation) is False
    assert used(customer) == {"MESSAGE": 1, "AI_REQUEST": 1}


def test_release_gives_everything_back(customer: Customer) -> None:
    reservation = quotas.reserve(customer, "first", ANSWER)
    assert quotas.release(reservation) is True
    assert quotas.settle(reservation, ANSWER) is False
    assert used(customer) == {"MESSAGE": 0, "AI_REQUEST": 0}


def test_settles_what_was_used_even_if_more_or_other(customer: Customer) -> None:
    reservation = quotas.reserve(customer, "first", {UsageType.MESSAGE: 1})
    quotas.settle(reservation, {UsageType.MESSAGE: 3, UsageType.AI_REQUEST: 2})
    assert used(customer) == {"MESSAGE": 3, "AI_REQUEST": 2}


def test_overdue_reservations_are_released_by_the_sweep(customer: Customer) -> None:
    late = quotas.reserve(customer, "late", ANSWER)
    quotas.reserve(customer, "running", ANSWER)
    Reservation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    tasks.expire_reservations()
    tasks.expire_reservations()
    states = dict(Reservation.objects.values_list("key", "state"))
    assert states == {"late": ReservationState.RELEASED, "running": ReservationState.OPEN}
    assert used(customer) == {"MESSAGE": 1, "AI_REQUEST": 1}


def test_a_reservation_is_corrected_in_its_own_period(customer: Customer) -> None:
    reservation = quotas.reserve(customer, "first", ANSWER)
    earlier = reservation.period_start - timedelta(days=31)
    Reservation.objects.update(period_start=earlier)
    UsageCounter.objects.update(period_start=earlier)
    reservation.refresh_from_db()
    quotas.release(reservation)
    assert metering.used(customer.pk, earlier) == {"MESSAGE": 0, "AI_REQUEST": 0}
    assert used(customer) == {}


@pytest.mark.parametrize(("current", "adding", "fits"), [(1, 1, True), (2, 1, False), (0, 3, False)])
def test_checks_room_for_things_kept(customer: Customer, current: int, adding: int, fits: bool) -> None:
    entitlements.set_override(customer, "chatbots", 2)
    if fits:
        quotas.check_room(customer, "chatbots", current, adding)
        return
    with pytest.raises(QuotaExceeded) as refusal:
        quotas.check_room(customer, "chatbots", current, adding)
    assert refusal.value.resets_at is None
    assert refusal.value.sentence.startswith("Your plan holds 2 bots.")


def new_customer() -> Customer:
    return factories.make_customer(factories.make_user())


@pytest.mark.django_db(transaction=True)
def test_grants_exactly_the_limit_to_callers_at_once(threads: Threads) -> None:
    customer = threads.once(new_customer)
    threads.once(lambda: entitlements.set_override(customer, "messages", 20))
    numbers = iter(range(1000))

    def ask() -> bool:
        try:
            quotas.reserve(customer, f"key-{next(numbers)}", ANSWER)
        except QuotaExceeded:
            return False
        return True

    granted = threads.run(ask, times=60)
    assert granted.count(True) == 20
    assert threads.once(lambda: used(customer)) == {"MESSAGE": 20, "AI_REQUEST": 20}
    assert threads.once(Reservation.objects.count) == 20


@pytest.mark.django_db(transaction=True)
def test_a_key_used_at_once_counts_once(threads: Threads) -> None:
    customer = threads.once(new_customer)
    reservations = threads.run(lambda: quotas.reserve(customer, "same", ANSWER).pk, times=16)
    assert len(set(reservations)) == 1
    assert threads.once(lambda: used(customer)) == {"MESSAGE": 1, "AI_REQUEST": 1}


@pytest.mark.django_db(transaction=True)
def test_ends_once_when_settled_released_and_swept_at_once(threads: Threads) -> None:
    customer = threads.once(new_customer)
    reservation = threads.once(lambda: quotas.reserve(customer, "same", ANSWER))
    threads.once(lambda: Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1)))
    ways: list[Callable[[Reservation], bool]] = [
        quotas.release,
        lambda row: quotas.settle(row, {}),
        lambda _row: bool(quotas.expire()),
    ]
    endings = iter(ways * 6)
    ended = threads.run(lambda: next(endings)(reservation), times=18)
    assert ended.count(True) == 1
    assert threads.once(lambda: used(customer)) == {"MESSAGE": 0, "AI_REQUEST": 0}

"""Counters come out of the ledger and the open reservations exactly as they were, or as they should be."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Customer
from billing import quotas
from usage import metering
from usage.metering import UsageRecord
from usage.models import UsageCounter, UsageType

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def answer(customer: Customer, key: str) -> None:
    reservation = quotas.reserve(customer, key, {UsageType.MESSAGE: 1, UsageType.AI_REQUEST: 1})
    quotas.settle(reservation, {UsageType.MESSAGE: 1})
    metering.record(UsageRecord(customer.pk, UsageType.MESSAGE, key, reservation.period_start))


def counters(customer: Customer) -> dict[tuple[str, datetime], int]:
    rows = UsageCounter.objects.for_customer(customer)
    return {(row.unit, row.period_start): row.used for row in rows}


def rebuild(*arguments: str) -> str:
    out = StringIO()
    call_command("rebuild_usage", *arguments, stdout=out)
    return out.getvalue()


def test_right_counters_are_left_alone(customer: Customer) -> None:
    for number in range(3):
        answer(customer, f"answer-{number}")
    quotas.reserve(customer, "running", {UsageType.MESSAGE: 2})
    before = counters(customer)
    assert rebuild() == "0 counters corrected.\n"
    assert counters(customer) == before
    assert sum(before.values()) == 5


def test_wrong_and_missing_counters_are_corrected(customer: Customer, other_customer: Customer) -> None:
    answer(customer, "one")
    metering.record(UsageRecord(customer.pk, UsageType.WHATSAPP_MESSAGE, "two", MAY, quantity=4))
    answer(other_customer, "three")
    right = counters(customer) | {("WHATSAPP_MESSAGE", MAY): 4}
    UsageCounter.objects.for_customer(customer).filter(unit="MESSAGE").update(used=99)
    assert rebuild("--customer", customer.public_id) == "2 counters corrected.\n"
    assert counters(customer) == right


def test_an_unknown_customer_is_said(db: None) -> None:
    with pytest.raises(CommandError):
        rebuild("--customer", "cus_nobody")

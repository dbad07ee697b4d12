"""Counters and the ledger: idempotent rows, and units that belong to their period."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from usage import metering
from usage.metering import Demand, UsageRecord
from usage.models import UsageCounter, UsageLog, UsageType

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def record_of(customer: Customer, key: str, **fields: object) -> UsageRecord:
    values = {"type": UsageType.MESSAGE, "period_start": MAY, **fields}
    return UsageRecord(customer_id=customer.pk, idempotency_key=key, **values)  # type: ignore[arg-type]


def test_adds_up_to_the_limit_and_not_beyond(customer: Customer) -> None:
    granted = [metering.add_if_below(customer.pk, "MESSAGE", 2, 5, MAY) for _round in range(4)]
    assert granted == [True, True, False, False]
    assert metering.used(customer.pk, MAY) == {"MESSAGE": 4}


def test_one_statement_when_the_counter_is_there(customer: Customer) -> None:
    metering.add_if_below(customer.pk, "MESSAGE", 1, 5, MAY)
    with CaptureQueriesContext(connection) as queries:
        metering.add_if_below(customer.pk, "MESSAGE", 1, 5, MAY)
    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]] == ["UPDATE"]


def test_all_or_nothing(customer: Customer) -> None:
    demands = [Demand("AI_REQUEST", 1, 9), Demand("MESSAGE", 1, 0)]
    refused = metering.add_all_if_below(customer.pk, demands, MAY)
    assert refused == demands[1]
    assert set(metering.used(customer.pk, MAY).values()) == {0}


def test_periods_and_scopes_are_counted_apart(customer: Customer) -> None:
    metering.add_if_below(customer.pk, "MESSAGE", 1, 1, MAY)
    assert metering.add_if_below(customer.pk, "MESSAGE", 1, 1, JUNE)
    assert metering.add_if_below(customer.pk, "MESSAGE", 1, 1, MAY, scope="bot:1")
    assert metering.used(customer.pk, MAY) == metering.used(customer.pk, JUNE) == {"MESSAGE": 1}
    assert UsageCounter.objects.count() == 3


def test_a_record_is_written_once(customer: Customer) -> None:
    first = metering.record(record_of(customer, "message:1", input_tokens=7))
    assert first is not None
    assert metering.record(record_of(customer, "message:1", input_tokens=9)) is None
    metering.record_all([record_of(customer, "message:1"), record_of(customer, "message:2")])
    assert metering.logged(customer.pk, MAY) == {"MESSAGE": 2}
    assert UsageLog.objects.get(pk=first.pk).input_tokens == 7


def test_a_broken_record_is_not_mistaken_for_a_repetition(customer: Customer) -> None:
    broken = record_of(customer, "message:1", period_start=None)
    with pytest.raises(IntegrityError):
        metering.record(broken)

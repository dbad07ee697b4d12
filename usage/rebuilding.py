"""Makes the counters again from what they are a cache of: the ledger's sum plus all open reservations.

Called by `manage.py rebuild_usage`.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from accounts.models import Customer
from usage.metering import CUSTOMER_SCOPE
from usage.models import Reservation, ReservationState, UsageCounter, UsageLog

Key = tuple[str, datetime]


@transaction.atomic
def rebuild(customer: Customer) -> int:
    """Correct the customer's counters; how many were wrong. Answers in the meantime wait for the row locks."""
    counters = UsageCounter.objects.for_customer(customer).filter(scope=CUSTOMER_SCOPE)
    present: dict[Key, UsageCounter] = {
        (row.unit, row.period_start): row for row in counters.select_for_update().order_by("id")
    }
    truth = _truth(customer)
    wrong = [row for key, row in present.items() if row.used != truth[key]]
    for row in wrong:
        row.used = truth[row.unit, row.period_start]
    UsageCounter.objects.bulk_update(wrong, ["used"])
    missing = [
        UsageCounter(customer=customer, scope=CUSTOMER_SCOPE, unit=unit, period_start=start, used=used)
        for (unit, start), used in truth.items()
        if (unit, start) not in present
    ]
    UsageCounter.objects.bulk_create(missing)
    return len(wrong) + len(missing)


def _truth(customer: Customer) -> Counter[Key]:
    logs = UsageLog.objects.for_customer(customer).order_by()
    truth: Counter[Key] = Counter()
    for unit, start, used in logs.values_list("type", "period_start").annotate(Sum("quantity")):
        truth[unit, start] += used
    open_ones = Reservation.objects.for_customer(customer).filter(state=ReservationState.OPEN)
    for amounts, start in open_ones.values_list("amounts", "period_start"):
        for unit, quantity in amounts.items():
            truth[unit, start] += quantity
    return truth

"""Decides how a bill is numbered and issued: gapless numbers, amounts in minor units, unchanged once issued.

Called by the gateways and by the operators' admin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Customer
from billing.models import Invoice, InvoiceLine, InvoiceSeries, InvoiceStatus, Subscription


@dataclass(frozen=True, slots=True)
class Line:
    description: str
    amount_minor: int


def issue_paid(
    customer: Customer,
    lines: Sequence[Line],
    currency: str,
    *,
    gateway: str,
    subscription: Subscription | None = None,
) -> Invoice:
    """Issue a bill that is paid already; the caller's transaction makes number and bill one."""
    total = sum(line.amount_minor for line in lines)
    with transaction.atomic():
        now = timezone.now()
        invoice = Invoice.objects.create(
            customer=customer,
            subscription=subscription,
            number=next_number(str(now.year)),
            status=InvoiceStatus.PAID,
            currency=currency,
            subtotal_minor=total,
            total_minor=total,
            paid_minor=total,
            issued_at=now,
            period_start=subscription.current_period_start if subscription else None,
            period_end=subscription.current_period_end if subscription else None,
            gateway=gateway,
        )
        InvoiceLine.objects.bulk_create(
            InvoiceLine(
                invoice=invoice,
                description=line.description,
                unit_amount=line.amount_minor,
                amount_minor=line.amount_minor,
            )
            for line in lines
        )
    return invoice


def next_number(series: str) -> str:
    """The next number of a series, as 2026-0001; its row stays locked until the bill is committed."""
    needs_target = connection.features.supports_update_conflicts_with_target
    InvoiceSeries.objects.bulk_create(
        [InvoiceSeries(code=series)],
        update_conflicts=True,
        update_fields=["code"],
        unique_fields=["code"] if needs_target else None,
    )
    row = InvoiceSeries.objects.select_for_update().get(code=series)
    row.last_number += 1
    row.save(update_fields=["last_number"])
    return f"{series}-{row.last_number:04d}"


def event_payload(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice.public_id,
        "number": invoice.number,
        "total_minor": invoice.total_minor,
        "currency": invoice.currency,
        "status": invoice.status,
    }

"""Decides what the demo pays: a subscription, two paid invoices with their payments, and one credit.

Called by config.demo.seeding; nothing here touches a payment gateway.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import F, QuerySet

from accounts.models import Customer, User
from billing import entitlements
from billing.models import (
    EntitlementOverride,
    Interval,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    PaymentMethodStored,
    PaymentTransaction,
    PlanPrice,
    PlanVersion,
    Subscription,
    SubscriptionHistory,
    SubscriptionStatus,
    TransactionKind,
    TransactionStatus,
)
from billing.periods import add_months
from usage.models import BillingEvent, BillingEventKind, BillingStatus

CREDIT_MINOR = 100
TAX_SHARE = 0.21
CURRENCY = "EUR"
GATEWAY = "manual"
ANCHOR_DAYS = 75


def periods(now: datetime) -> list[datetime]:
    """The starts of the demo's periods since its first day, and the end of the one that runs."""
    anchor = (now - timedelta(days=ANCHOR_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [anchor]
    while starts[-1] <= now:
        starts.append(add_months(anchor, len(starts)))
    return starts


def write(customer: Customer, actor: User, starts: Sequence[datetime]) -> None:
    """A customer without the plan, on an installation that sells other ones, stays on the default plan."""
    version = _version()
    if version is None:
        return
    subscription = _subscription(customer, version, actor, starts)
    method = PaymentMethodStored.objects.create(
        customer=customer,
        gateway=GATEWAY,
        gateway_token=f"demo-{secrets.token_hex(12)}",
        brand="Visa",
        last_four="4242",
        expires_month=8,
        expires_year=starts[-1].year + 2,
        is_default=True,
    )
    for number, (start, end) in enumerate(pairwise(starts[:-1]), 1):
        invoice = _invoice(subscription, start, end, number)
        _pay(invoice, method, failed_first=number == 2)
    entitlements.forget(customer)


def lift_limits(customer: Customer) -> None:
    """A corpus may be larger than the plan that the demo shows."""
    for limit in ("chatbots", "knowledge_items", "knowledge_bytes"):
        EntitlementOverride.objects.get_or_create(
            customer=customer, limit=limit, defaults={"value": None, "reason": "Demo: a corpus was loaded"}
        )
    entitlements.forget(customer)


def _version() -> PlanVersion | None:
    """The first plan on sale that costs something."""
    versions = PlanVersion.objects.filter(plan__current_version=F("pk"), plan__is_public=True)
    priced = versions.filter(prices__in=_prices()).select_related("plan")
    return priced.order_by("plan__position").first()


def _prices() -> QuerySet[PlanPrice]:
    return PlanPrice.objects.filter(interval=Interval.MONTH, currency=CURRENCY, amount_minor__gt=0)


def _subscription(
    customer: Customer, version: PlanVersion, actor: User, starts: Sequence[datetime]
) -> Subscription:
    subscription = Subscription.objects.create(
        customer=customer,
        plan_version=version,
        interval=Interval.MONTH,
        status=SubscriptionStatus.ACTIVE,
        anchor_at=starts[0],
        current_period_start=starts[-2],
        current_period_end=starts[-1],
        gateway=GATEWAY,
        live_key=str(customer.pk),
        created_at=starts[0],
    )
    SubscriptionHistory.objects.create(
        subscription=subscription,
        to_plan_version=version,
        to_status=SubscriptionStatus.ACTIVE,
        actor=actor,
        cause="demo",
        created_at=starts[0],
    )
    return subscription


def _invoice(subscription: Subscription, start: datetime, end: datetime, number: int) -> Invoice:
    credit = CREDIT_MINOR if number == 2 else 0
    price = _prices().get(version=subscription.plan_version).amount_minor
    subtotal = price - credit
    tax = round(subtotal * TAX_SHARE)
    invoice = Invoice.objects.create(
        customer=subscription.customer,
        subscription=subscription,
        number=f"DEMO-{start:%Y%m%d}-{secrets.token_hex(3).upper()}",
        status=InvoiceStatus.PAID,
        currency=CURRENCY,
        subtotal_minor=subtotal,
        tax_minor=tax,
        total_minor=subtotal + tax,
        paid_minor=subtotal + tax,
        period_start=start,
        period_end=end,
        issued_at=end,
        due_at=end + timedelta(days=14),
        gateway=GATEWAY,
        created_at=end,
    )
    _line(invoice, f"{subscription.plan_version.plan.name}, {start:%d %b} to {end:%d %b %Y}", price)
    if credit:
        _line(invoice, "Credit for two slow hours", -credit, _credit(subscription.customer, invoice, end))
    return invoice


def _line(invoice: Invoice, description: str, amount_minor: int, event: BillingEvent | None = None) -> None:
    InvoiceLine.objects.create(
        invoice=invoice,
        billing_event=event,
        description=description,
        unit_amount=amount_minor,
        amount_minor=amount_minor,
    )


def _credit(customer: Customer, invoice: Invoice, at: datetime) -> BillingEvent:
    return BillingEvent.objects.create(
        customer=customer,
        kind=BillingEventKind.CREDIT,
        amount_minor=-CREDIT_MINOR,
        currency=CURRENCY,
        status=BillingStatus.COMPLETED,
        description="Credit for two slow hours",
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        idempotency_key=f"demo:{invoice.public_id}",
        created_at=at,
    )


def _pay(invoice: Invoice, method: PaymentMethodStored, *, failed_first: bool) -> None:
    moment = invoice.due_at - timedelta(days=13) if invoice.due_at else invoice.created_at
    if failed_first:
        _transaction(invoice, method, TransactionStatus.FAILED, moment - timedelta(hours=20), "card_declined")
    _transaction(invoice, method, TransactionStatus.SUCCEEDED, moment)


def _transaction(
    invoice: Invoice, method: PaymentMethodStored, status: TransactionStatus, at: datetime, failure: str = ""
) -> None:
    PaymentTransaction.objects.create(
        customer=invoice.customer,
        invoice=invoice,
        method=method,
        kind=TransactionKind.CHARGE,
        status=status,
        amount_minor=invoice.total_minor,
        currency=CURRENCY,
        gateway=GATEWAY,
        gateway_reference=f"demo-{secrets.token_hex(10)}",
        failure_code=failure,
        created_at=at,
    )

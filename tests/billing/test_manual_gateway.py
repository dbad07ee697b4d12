"""Being paid by bank transfer: one invoice a transfer, numbers without gaps, once."""

import pytest
from django.utils import timezone

from accounts.models import Customer, User
from billing.gateways.base import Payment, gateway
from billing.models import Invoice, InvoiceStatus, PaymentTransaction, TransactionStatus
from integrations.models import WebhookEvent
from tests import factories
from tests.billing.conftest import Threads

pytestmark = pytest.mark.django_db


def test_a_recorded_transfer_is_a_paid_invoice(customer: Customer, operator: User) -> None:
    moved = gateway("manual").record_payment(
        customer, Payment(7_900, "EUR", "BANK-1", "Growth, May"), operator
    )
    invoice = Invoice.objects.for_customer(customer).get()
    assert moved.invoice == invoice
    assert (moved.status, moved.amount_minor) == (TransactionStatus.SUCCEEDED, 7_900)
    assert (invoice.status, invoice.total_minor, invoice.paid_minor) == (InvoiceStatus.PAID, 7_900, 7_900)
    assert invoice.number == f"{timezone.now().year}-0001"
    assert [line.description for line in invoice.lines.all()] == ["Growth, May"]
    assert WebhookEvent.objects.for_customer(customer).get().type == "invoice.paid"


def test_the_same_reference_is_recorded_once(customer: Customer, operator: User) -> None:
    payment = Payment(7_900, "EUR", "BANK-1")
    first = gateway("manual").record_payment(customer, payment, operator)
    assert gateway("manual").record_payment(customer, payment, operator) == first
    gateway("manual").record_payment(customer, Payment(100, "EUR", "BANK-2"), operator)
    numbers = Invoice.objects.order_by("id").values_list("number", flat=True)
    assert [number[-4:] for number in numbers if number] == ["0001", "0002"]


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_payments_come_at_once(threads: Threads) -> None:
    customer = threads.once(lambda: factories.make_customer(factories.make_user()))
    references = iter(["A", "B", "C", "A", "B", "D"] * 2)
    threads.run(
        lambda: gateway("manual").record_payment(customer, Payment(5, "EUR", next(references)), None),
        times=12,
    )
    numbers = threads.once(lambda: sorted(str(invoice) for invoice in Invoice.objects.all()))
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004"]
    assert threads.once(PaymentTransaction.objects.count) == 4

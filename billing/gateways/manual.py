"""Being paid without a payment provider: an operator records bank transfers, we issue the invoices."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Customer, User
from billing import invoices
from billing.gateways.base import Payment, PaymentGateway
from billing.invoices import Line
from billing.models import PaymentTransaction, TransactionKind, TransactionStatus
from integrations import webhooks


class ManualGateway(PaymentGateway):
    name = "manual"
    takes_payments_online = False

    def record_payment(self, customer: Customer, payment: Payment, actor: User | None) -> PaymentTransaction:
        reference = f"{self.name}:{payment.reference}"
        try:
            with transaction.atomic():
                moved = self._record(customer, payment, reference)
                audit.record(
                    "payment.recorded",
                    customer=customer,
                    actor=actor,
                    object_id=moved.public_id,
                    after={"amount_minor": moved.amount_minor, "currency": moved.currency},
                )
                return moved
        except IntegrityError:
            return PaymentTransaction.objects.for_customer(customer).get(gateway_reference=reference)

    def _record(self, customer: Customer, payment: Payment, reference: str) -> PaymentTransaction:
        """The unique reference goes first, so that a repetition takes no invoice number."""
        moved = PaymentTransaction.objects.create(
            customer=customer,
            kind=TransactionKind.CHARGE,
            status=TransactionStatus.SUCCEEDED,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            gateway=self.name,
            gateway_reference=reference,
        )
        line = Line(payment.description or _("Bank transfer"), payment.amount_minor)
        moved.invoice = invoices.issue_paid(
            customer, [line], payment.currency, gateway=self.name, subscription=payment.subscription
        )
        moved.save(update_fields=["invoice", "updated_at"])
        webhooks.emit(customer, "invoice.paid", invoices.event_payload(moved.invoice))
        return moved

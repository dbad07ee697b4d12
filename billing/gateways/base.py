"""What every way to be paid must do. Resolved by name through settings.PAYMENT_GATEWAYS."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Customer, User
from billing.models import PaymentTransaction, Subscription


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived; the reference is the payer's bank's, and unique."""

    amount_minor: int
    currency: str
    reference: str
    description: str = ""
    subscription: Subscription | None = None


class PaymentGateway(ABC):
    """One way to be paid."""

    name: ClassVar[str]
    # Whether customers can pay by themselves; otherwise an operator records what arrived.
    takes_payments_online: ClassVar[bool]

    @abstractmethod
    def record_payment(self, customer: Customer, payment: Payment, actor: User | None) -> PaymentTransaction:
        """Keep money that arrived, with its paid invoice; the same reference again returns the first row."""


def gateway(name: str) -> PaymentGateway:
    made: PaymentGateway = import_string(settings.PAYMENT_GATEWAYS[name])()
    return made

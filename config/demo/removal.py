"""Decides what goes when the demo goes: all of the customers marked as demo, and nothing else.

Called by remove_demo. Ledgers of real customers refuse to be deleted; an invented one has no history to protect.
"""

from __future__ import annotations

from django.db import transaction

from accounts.models import AuditEntry, Customer, User
from billing.models import (
    Invoice,
    InvoiceLine,
    PaymentTransaction,
    Subscription,
    SubscriptionHistory,
)
from chatbots.models import WidgetSettings
from config.demo.people import EMAILS
from knowledge import index
from knowledge.files import discard_on_commit
from knowledge.models import KnowledgeItem
from usage.models import BillingEvent, UsageLog


@transaction.atomic
def remove() -> int:
    """Return how many customers were removed."""
    customers = list(Customer.objects.filter(is_demo=True))
    for customer in customers:
        _remove_customer(customer)
    # A demo login that somebody made a member of a real workspace stays with it.
    User.objects.filter(email__in=EMAILS, memberships=None).delete()
    return len(customers)


def _remove_customer(customer: Customer) -> None:
    files = _files(customer)
    for item in KnowledgeItem.objects.for_customer(customer):
        index.remove_chunks(item)
        index.delete_item(item.pk)
    _remove_ledgers(customer)
    customer.delete()
    discard_on_commit(files)


def _remove_ledgers(customer: Customer) -> None:
    PaymentTransaction.objects.for_customer(customer).delete()
    InvoiceLine.objects.for_customer(customer).delete()
    Invoice.objects.for_customer(customer).delete()
    SubscriptionHistory.objects.for_customer(customer).delete()
    Subscription.objects.for_customer(customer).delete()
    BillingEvent.objects.for_customer(customer).delete()
    UsageLog.objects.for_customer(customer).delete()
    AuditEntry.objects.for_customer(customer).delete()


def _files(customer: Customer) -> list[str]:
    """The stored names of uploads, avatars and bills."""
    uploads = KnowledgeItem.objects.for_customer(customer).values_list("file", flat=True)
    avatars = WidgetSettings.objects.for_customer(customer).values_list("avatar", flat=True)
    bills = Invoice.objects.for_customer(customer).values_list("pdf", flat=True)
    return [name for name in (*uploads, *avatars, *bills) if name]

"""Decides what the outbox row of an event holds; the senders take it from there.

Called by billing and every app above, inside the transaction of the change that the event tells of.
"""

from typing import Any

from accounts.models import Customer
from integrations.models import WebhookEvent


def emit(customer: Customer, event_type: str, payload: dict[str, Any]) -> WebhookEvent:
    """Write the event beside its change: both are committed, or neither."""
    return WebhookEvent.objects.create(customer=customer, type=event_type, payload=payload)

"""The outbox row lives and dies with the change it tells of."""

import pytest
from django.db import transaction

from accounts.models import Customer
from integrations import webhooks
from integrations.models import WebhookEvent, WebhookStatus


def test_emits_one_pending_row(customer: Customer, django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        event = webhooks.emit(customer, "message.answered", {"message": "msg_1"})
    kept = WebhookEvent.objects.for_customer(customer).get()
    assert (kept.public_id, kept.type, kept.payload) == (
        event.public_id,
        "message.answered",
        {"message": "msg_1"},
    )
    assert (kept.status, kept.number) == (WebhookStatus.PENDING, None)


def test_vanishes_with_a_rolled_back_change(customer: Customer) -> None:
    with transaction.atomic():
        webhooks.emit(customer, "message.answered", {})
        transaction.set_rollback(True)
    assert not WebhookEvent.objects.exists()

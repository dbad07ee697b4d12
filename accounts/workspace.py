"""Decides how a customer's own settings change.

Called by the workspace settings page and the operators' admin.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Customer, User


def change_settings(customer: Customer, values: dict[str, Any], actor: User) -> bool:
    """Write the values; True where something changed."""
    with transaction.atomic():
        current = Customer.objects.select_for_update().get(pk=customer.pk)
        before, after = audit.differences({name: getattr(current, name) for name in values}, values)
        if not after:
            return False
        Customer.objects.filter(pk=customer.pk).update(**after, updated_at=timezone.now())
        _record("customer.settings_changed", customer, actor, before, after)
    return True


def suspend(customer: Customer, reason: str, actor: User) -> bool:
    """Stop the customer on every kind of credential, until reinstated."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Customer.objects.filter(pk=customer.pk, suspended_at=None)
        changed = waiting.update(suspended_at=now, suspended_reason=reason, updated_at=now)
        if changed:
            _record("customer.suspended", customer, actor, {}, {"reason": reason})
    return bool(changed)


def reinstate(customer: Customer, actor: User) -> bool:
    with transaction.atomic():
        suspended = Customer.objects.filter(pk=customer.pk, suspended_at__isnull=False)
        changed = suspended.update(suspended_at=None, suspended_reason="", updated_at=timezone.now())
        if changed:
            _record("customer.reinstated", customer, actor, {"reason": customer.suspended_reason}, {})
    return bool(changed)


def _record(
    action: str, customer: Customer, actor: User, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        action, customer=customer, actor=actor, object_id=customer.public_id, before=before, after=after
    )

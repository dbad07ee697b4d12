"""Decides who has which seat at a customer: roles, removal, and that an owner always remains.

Called by the team page and the operators' admin.
"""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import Customer, MemberRole, Membership, User


class LastOwnerError(Exception):
    """The change would leave the customer without an owner."""


class OwnersOnlyError(Exception):
    """Only an owner makes, changes or removes an owner."""


def change_role(membership: Membership, role: str, *, actor: Membership) -> Membership:
    with transaction.atomic():
        current = _locked(membership)
        _check_owner_rights(actor, current.role, role)
        if current.role == role:
            return current
        _keep_an_owner(current, becomes=role)
        before, current.role = current.role, MemberRole(role)
        current.save(update_fields=["role", "updated_at"])
        _record("member.role_changed", current, actor.user, {"role": before}, {"role": role})
    return current


def remove(membership: Membership, *, actor: Membership) -> None:
    """Take the seat away; the person's next request and their open sockets find none."""
    with transaction.atomic():
        current = _locked(membership)
        if current.user_id != actor.user_id:
            _check_owner_rights(actor, current.role)
        _keep_an_owner(current, becomes=None)
        _record(
            "member.removed", current, actor.user, {"role": current.role, "email": current.user.email}, {}
        )
        current.delete()


def lock_customer(customer: Customer) -> None:
    """Hold the customer's row, so that changes of what its plan counts follow one another."""
    Customer.objects.select_for_update().filter(pk=customer.pk).values_list("pk").first()


def _locked(membership: Membership) -> Membership:
    lock_customer(membership.customer)
    return Membership.objects.select_related("user", "customer").get(pk=membership.pk)


def _check_owner_rights(actor: Membership, *roles: str) -> None:
    if MemberRole.OWNER in roles and actor.role != MemberRole.OWNER:
        raise OwnersOnlyError


def _keep_an_owner(membership: Membership, *, becomes: str | None) -> None:
    if membership.role != MemberRole.OWNER or becomes == MemberRole.OWNER:
        return
    others = Membership.objects.for_customer(membership.customer).filter(role=MemberRole.OWNER)
    if not others.exclude(pk=membership.pk).exists():
        raise LastOwnerError


def _record(
    action: str, membership: Membership, actor: User, before: dict[str, str], after: dict[str, str]
) -> None:
    audit.record(
        action,
        customer=membership.customer,
        actor=actor,
        object_id=membership.public_id,
        before=before,
        after=after,
    )

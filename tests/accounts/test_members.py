"""Seats: roles, removal, and the last owner."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client

from accounts import members
from accounts.models import AuditEntry, Customer, MemberRole, Membership, User
from tests import factories


@pytest.fixture
def own(owner: User, customer: Customer) -> Membership:
    return Membership.objects.get(user=owner, customer=customer)


def test_changes_a_role_and_tells_the_audit(own: Membership, customer: Customer) -> None:
    member = factories.make_member(customer)
    assert members.change_role(member, MemberRole.ADMIN, actor=own).role == MemberRole.ADMIN
    entry = AuditEntry.objects.get(action="member.role_changed")
    assert (entry.before, entry.after) == ({"role": "AGENT"}, {"role": "ADMIN"})
    assert (entry.actor, entry.object_id, entry.customer) == (own.user, member.public_id, customer)


def test_the_last_owner_keeps_the_role(own: Membership) -> None:
    with pytest.raises(members.LastOwnerError):
        members.change_role(own, MemberRole.AGENT, actor=own)
    own.refresh_from_db()
    assert own.role == MemberRole.OWNER
    assert not AuditEntry.objects.filter(action="member.role_changed").exists()


def test_the_last_owner_cannot_leave(own: Membership) -> None:
    with pytest.raises(members.LastOwnerError):
        members.remove(own, actor=own)
    assert Membership.objects.filter(pk=own.pk).exists()


def test_an_owner_beside_another_may_leave(own: Membership, customer: Customer) -> None:
    factories.make_member(customer, role=MemberRole.OWNER)
    members.remove(own, actor=own)
    assert not Membership.objects.filter(pk=own.pk).exists()
    assert AuditEntry.objects.get(action="member.removed").before["email"] == own.user.email


def test_an_administrator_neither_makes_nor_unmakes_an_owner(own: Membership, customer: Customer) -> None:
    administrator = factories.make_member(customer, role=MemberRole.ADMIN)
    agent = factories.make_member(customer)
    with pytest.raises(members.OwnersOnlyError):
        members.change_role(agent, MemberRole.OWNER, actor=administrator)
    with pytest.raises(members.OwnersOnlyError):
        members.change_role(own, MemberRole.AGENT, actor=administrator)
    with pytest.raises(members.OwnersOnlyError):
        members.remove(own, actor=administrator)
    assert Membership.objects.for_customer(customer).filter(role=MemberRole.OWNER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(own: Membership, customer: Customer) -> None:
    other = factories.make_member(customer, role=MemberRole.OWNER)
    start = threading.Barrier(2)
    refused: list[Membership] = []

    def leave(membership: Membership) -> None:
        start.wait(timeout=10)
        try:
            members.remove(membership, actor=membership)
        except members.LastOwnerError:
            refused.append(membership)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=(each,)) for each in (own, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1
    assert list(Membership.objects.for_customer(customer)) == refused
    assert connection.is_usable()


def test_a_removed_member_is_out_with_the_next_request(own: Membership, customer: Customer) -> None:
    member = factories.make_member(customer)
    client = Client()
    client.force_login(member.user)
    assert client.get("/app/bots/").status_code == 200
    members.remove(member, actor=own)
    response = client.get("/app/bots/")
    assert (response.status_code, response["Location"]) == (302, "/app/welcome/")

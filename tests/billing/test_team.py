"""The team page: seats, invitations, roles."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Customer, Invitation, MemberRole, Membership, User
from billing import entitlements
from tests import factories


@pytest.fixture
def room(customer: Customer) -> None:
    entitlements.set_override(customer, "seats", 10)


def test_shows_members_and_seats(member_client: Client, customer: Customer, room: None) -> None:
    factories.make_member(customer, factories.make_user(name="<i>Ada</i>"))
    page = member_client.get("/app/team/").content.decode()
    assert "&lt;i&gt;Ada&lt;/i&gt;" in page
    assert "2 of 10 seats taken" in page


def test_invites_sends_again_and_withdraws(member_client: Client, room: None) -> None:
    member_client.post("/app/team/invite/", {"email": "new@example.com", "role": "AGENT"})
    first = Invitation.objects.get()
    member_client.post(f"/app/team/invitations/{first.public_id}/resend/")
    assert [message.to for message in mail.outbox] == [["new@example.com"]] * 2
    second = Invitation.objects.exclude(open_key=None).get()
    assert second != first
    assert "new@example.com" in member_client.get("/app/team/").content.decode()
    member_client.post(f"/app/team/invitations/{second.public_id}/revoke/")
    assert not Invitation.objects.exclude(open_key=None).exists()


def test_says_when_every_seat_is_taken(member_client: Client, customer: Customer) -> None:
    limit = entitlements.seat_limit(customer)
    assert limit
    for _number in range(limit - 1):
        factories.make_member(customer)
    page = member_client.get("/app/team/").content.decode()
    assert "Every seat of your plan is taken" in page
    answer = member_client.post("/app/team/invite/", {"email": "new@example.com", "role": "AGENT"})
    assert "Every seat" in answer.content.decode()
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_changes_roles_and_removes(member_client: Client, customer: Customer) -> None:
    member = factories.make_member(customer)
    member_client.post(f"/app/team/members/{member.public_id}/role/", {"role": "ADMIN"})
    member.refresh_from_db()
    assert member.role == MemberRole.ADMIN
    member_client.post(f"/app/team/members/{member.public_id}/remove/")
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_keeps_the_last_owner(member_client: Client, owner: User, customer: Customer) -> None:
    own = Membership.objects.get(user=owner)
    member_client.post(f"/app/team/members/{own.public_id}/role/", {"role": "VIEWER"})
    member_client.post("/app/team/leave/")
    own.refresh_from_db()
    assert own.role == MemberRole.OWNER
    assert "at least one owner" in member_client.get("/app/team/").content.decode()


def test_administrators_do_not_touch_owners(owner: User, customer: Customer) -> None:
    client = Client()
    client.force_login(factories.make_member(customer, role=MemberRole.ADMIN).user)
    own = Membership.objects.get(user=owner)
    for action, body in (("role", {"role": "AGENT"}), ("remove", {})):
        client.post(f"/app/team/members/{own.public_id}/{action}/", body)
    agent = factories.make_member(customer)
    client.post(f"/app/team/members/{agent.public_id}/role/", {"role": "OWNER"})
    agent.refresh_from_db()
    own.refresh_from_db()
    assert (own.role, agent.role) == (MemberRole.OWNER, MemberRole.AGENT)


def test_anybody_may_leave(customer: Customer) -> None:
    member = factories.make_member(customer, role=MemberRole.VIEWER)
    client = Client()
    client.force_login(member.user)
    assert client.post("/app/team/leave/")["Location"] == "/app/"
    assert not Membership.objects.filter(pk=member.pk).exists()

"""Offered seats: mailed, taken once, withdrawn, expired, and never beyond the plan."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import invitations, members
from accounts.models import AuditEntry, Customer, Invitation, MemberRole, Membership, User
from tests import factories

ADDRESS = "new.person@example.com"


def no_limit(customer: Customer) -> None:
    return None


def two_seats(customer: Customer) -> int:
    return 2


@pytest.fixture(autouse=True)
def many_seats(settings: Settings) -> None:
    settings.SEAT_LIMIT = f"{__name__}.no_limit"


@pytest.fixture
def own(owner: User, customer: Customer) -> Membership:
    return Membership.objects.get(user=owner, customer=customer)


def test_keeps_the_token_as_a_hash_only(own: Membership, customer: Customer) -> None:
    invitation, token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    assert len(token) >= 43
    assert token not in {str(value) for value in vars(invitation).values()}
    assert invitations.find(token) == invitation
    assert AuditEntry.objects.get(action="member.invited").after == {"email": ADDRESS, "role": "AGENT"}


def test_is_taken_once(own: Membership, customer: Customer) -> None:
    invitation, token = invitations.invite(customer, ADDRESS.upper(), MemberRole.VIEWER, actor=own)
    user = factories.make_user(email=ADDRESS)
    assert invitations.accept(invitation, user).role == MemberRole.VIEWER
    with pytest.raises(invitations.InvitationClosedError):
        invitations.accept(invitation, user)
    with pytest.raises(invitations.InvitationClosedError):
        invitations.find(token)
    assert Membership.objects.filter(user=user, customer=customer).count() == 1
    assert AuditEntry.objects.filter(action="member.joined", actor=user).count() == 1


def test_is_for_its_address_only(own: Membership, customer: Customer) -> None:
    invitation, _token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    with pytest.raises(invitations.WrongAddressError):
        invitations.accept(invitation, factories.make_user())
    assert Membership.objects.for_customer(customer).count() == 1


@pytest.mark.parametrize("end", ["revoked", "expired", "suspended"])
def test_a_closed_one_opens_nothing(own: Membership, customer: Customer, end: str) -> None:
    invitation, token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    if end == "revoked":
        assert invitations.revoke(invitation, actor=own.user)
        assert not invitations.revoke(invitation, actor=own.user)
    elif end == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        Customer.objects.filter(pk=customer.pk).update(suspended_at=timezone.now())
    with pytest.raises(invitations.InvitationClosedError):
        invitations.find(token)
    assert Client().get(f"/app/invitations/{token}/").status_code == 410


def test_inviting_again_replaces_the_first(own: Membership, customer: Customer) -> None:
    _first, old_token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    _second, new_token = invitations.invite(customer, ADDRESS, MemberRole.ADMIN, actor=own)
    assert invitations.find(new_token).role == MemberRole.ADMIN
    with pytest.raises(invitations.InvitationClosedError):
        invitations.find(old_token)


def test_refuses_a_member_and_an_owner_made_by_an_administrator(own: Membership, customer: Customer) -> None:
    with pytest.raises(invitations.AlreadyMemberError):
        invitations.invite(customer, own.user.email, MemberRole.AGENT, actor=own)
    administrator = factories.make_member(customer, role=MemberRole.ADMIN)
    with pytest.raises(members.OwnersOnlyError):
        invitations.invite(customer, ADDRESS, MemberRole.OWNER, actor=administrator)
    assert not Invitation.objects.exists()


def test_open_offers_count_as_seats(own: Membership, customer: Customer, settings: Settings) -> None:
    settings.SEAT_LIMIT = f"{__name__}.two_seats"
    invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    with pytest.raises(invitations.SeatsTakenError):
        invitations.invite(customer, "another@example.com", MemberRole.AGENT, actor=own)
    assert Invitation.objects.count() == 1


def test_a_seat_that_went_meanwhile_leaves_the_offer_open(
    own: Membership, customer: Customer, settings: Settings
) -> None:
    invitation, token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    settings.SEAT_LIMIT = f"{__name__}.two_seats"
    factories.make_member(customer)
    user = factories.make_user(email=ADDRESS)
    with pytest.raises(invitations.SeatsTakenError):
        invitations.accept(invitation, user)
    assert invitations.find(token) == invitation
    assert not user.memberships.exists()


def test_an_offer_is_listed_only_for_a_proven_address(own: Membership, customer: Customer) -> None:
    invitation, _token = invitations.invite(customer, ADDRESS, MemberRole.AGENT, actor=own)
    user = factories.make_user(email=ADDRESS)
    assert not invitations.offered_to(user)
    client = Client()
    client.force_login(user)
    assert client.post(f"/app/welcome/{invitation.public_id}/").status_code == 404
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    assert "Join Lantern Cycles" in client.get("/app/welcome/").content.decode()
    assert client.post(f"/app/welcome/{invitation.public_id}/")["Location"] == "/app/"
    assert user.memberships.get().customer == customer


def invite_by_page(client: Client) -> str:
    response = client.post("/app/team/invite/", {"email": ADDRESS, "role": "AGENT"})
    assert response["Location"] == "/app/team/"
    found = re.search(r"/app/invitations/[\w-]+/", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_a_new_person_signs_up_from_the_mail_without_founding(
    member_client: Client, customer: Customer, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    link = invite_by_page(member_client)
    assert mail.outbox[-1].to == [ADDRESS]
    visitor = Client()
    page = visitor.get(link).content.decode()
    assert "Create an account" in page
    form = visitor.get(f"/accounts/signup/?next={link}").content.decode()
    assert 'name="company"' not in form
    visitor.post(
        f"/accounts/signup/?next={link}",
        {"email": ADDRESS, "password1": factories.PASSWORD, "name": "New Person", "next": link},
    )
    assert visitor.post(link)["Location"] == "/app/"
    user = User.objects.get(email=ADDRESS)
    assert user.name == "New Person"
    assert [each.customer for each in user.memberships.all()] == [customer]


def test_another_persons_link_names_both_addresses(member_client: Client) -> None:
    link = invite_by_page(member_client)
    other = Client()
    user = factories.make_user()
    other.force_login(user)
    page = other.post(link).content.decode()
    assert ADDRESS in page
    assert user.email in page
    assert not user.memberships.exists()

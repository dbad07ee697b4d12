"""Sign-up, sign-in and the pages of an account, as a browser does them."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, Customer, MemberRole, User
from accounts.signup import create_customer
from tests import factories

NEW = {"email": "Ada@Example.com", "password1": factories.PASSWORD, "name": "Ada", "company": "Ada’s Ärzte"}


@pytest.mark.django_db
def test_first_sign_up_founds_a_customer_with_its_owner(client: Client) -> None:
    response = client.post("/accounts/signup/", NEW)
    assert (response.status_code, response["Location"]) == (302, "/app/")
    user = User.objects.get()
    assert (user.email, user.name, user.is_staff) == ("ada@example.com", "Ada", False)
    membership = user.memberships.get()
    assert (membership.role, membership.customer.name) == (MemberRole.OWNER, "Ada’s Ärzte")
    assert membership.customer.slug == "adas-arzte"
    assert AuditEntry.objects.filter(action="customer.created", actor=user).count() == 1


@pytest.mark.django_db
def test_production_asks_for_a_proven_address(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert client.post("/accounts/signup/", NEW)["Location"] == "/accounts/confirm-email/"
    assert client.get("/app/bots/").status_code == 302
    assert "/accounts/confirm-email/" in mail.outbox[-1].body


@pytest.mark.django_db
def test_a_known_address_is_not_told_apart(client: Client) -> None:
    factories.make_user(email="ada@example.com")
    client.post("/accounts/signup/", NEW)
    assert User.objects.count() == 1
    assert not Customer.objects.exists()


def test_names_of_customers_may_repeat(owner: User) -> None:
    slugs = {create_customer(owner, "Same name").slug for _number in range(3)}
    assert len(slugs) == 3
    assert create_customer(owner, "東京").slug == "workspace"


@pytest.mark.django_db
def test_signs_in_and_speaks_the_persons_language(client: Client) -> None:
    user = factories.make_user(locale="de")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    response = client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert response["Location"] == "/app/"
    assert response.cookies["django_language"].value == "de"


@pytest.mark.django_db
def test_too_many_wrong_passwords_are_stopped(client: Client) -> None:
    user = factories.make_user()
    wrong = {"login": user.email, "password": "wrong"}
    answers = [client.post("/accounts/login/", wrong) for _number in range(12)]
    assert "Too many failed" in answers[-1].content.decode()
    right = client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert right.status_code == 200


@pytest.mark.django_db
def test_mails_a_reset_link(client: Client) -> None:
    user = factories.make_user()
    client.post("/accounts/password/reset/", {"email": user.email})
    assert "/accounts/password/reset/key/" in mail.outbox[-1].body


ACCOUNT_PAGES = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/app/settings/",
    "/app/settings/audit/",
    "/app/welcome/",
    "/app/team/",
]


@pytest.mark.parametrize("address", ACCOUNT_PAGES)
def test_pages_of_an_account_open(member_client: Client, address: str) -> None:
    assert member_client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
@pytest.mark.django_db
def test_pages_before_signing_in_open(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_a_person_without_a_seat_founds_a_workspace(client: Client) -> None:
    user = factories.make_user()
    client.force_login(user)
    assert client.get("/app/bots/")["Location"] == "/app/welcome/"
    assert client.post("/app/welcome/", {"name": "Fresh"})["Location"] == "/app/"
    assert user.memberships.get().customer.name == "Fresh"

"""The operators' pages of accounts and bots."""

import pytest
from django.test import Client

from accounts import audit
from accounts.models import AuditEntry, Customer, User
from chatbots import publishing
from chatbots.models import Chatbot

MODELS = [
    "accounts/user",
    "accounts/customer",
    "accounts/membership",
    "accounts/invitation",
    "accounts/auditentry",
    "chatbots/chatbot",
    "chatbots/chatbotversion",
    "chatbots/widgetsettings",
]


@pytest.fixture
def bot(customer: Customer, owner: User) -> Chatbot:
    return publishing.create_chatbot(customer, "Spoke", actor=owner)


@pytest.mark.parametrize("model", MODELS)
def test_lists_search_and_show(bot: Chatbot, operator_client: Client, model: str) -> None:
    response = operator_client.get(f"/operator/{model}/", {"q": "spoke"})
    assert response.status_code == 200
    manager = response.context["cl"].model._default_manager
    first = manager.first()
    if first:
        assert operator_client.get(f"/operator/{model}/{first.pk}/change/").status_code == 200


def test_ledgers_cannot_be_written(bot: Chatbot, customer: Customer, operator_client: Client) -> None:
    entry = audit.record("customer.created", customer=customer)
    for address in (
        "/operator/accounts/auditentry/add/",
        f"/operator/accounts/auditentry/{entry.pk}/delete/",
        f"/operator/chatbots/chatbotversion/{bot.live_version_id}/delete/",
        "/operator/chatbots/chatbotversion/add/",
    ):
        assert operator_client.get(address).status_code == 403
    operator_client.post(f"/operator/accounts/auditentry/{entry.pk}/change/", {"action": "forged"})
    assert AuditEntry.objects.get(pk=entry.pk).action == "customer.created"


def test_secrets_are_masked(bot: Chatbot, operator_client: Client) -> None:
    widget = bot.widget_settings
    widget.identity_secret = "a-very-long-identity-secret"
    widget.save()
    page = operator_client.get(f"/operator/chatbots/widgetsettings/{widget.pk}/change/").content.decode()
    assert "a-very-long" not in page
    assert "••••cret" in page


def test_suspends_and_reinstates(customer: Customer, operator_client: Client, operator: User) -> None:
    chosen = {"action": "suspend", "_selected_action": [customer.pk]}
    operator_client.post("/operator/accounts/customer/", chosen)
    customer.refresh_from_db()
    assert customer.is_suspended
    operator_client.post("/operator/accounts/customer/", chosen | {"action": "reinstate"})
    customer.refresh_from_db()
    assert not customer.is_suspended
    assert [entry.actor for entry in AuditEntry.objects.filter(customer=customer)] == [operator, operator]


def test_makes_an_operator(operator_client: Client) -> None:
    page = operator_client.get("/operator/accounts/user/add/")
    assert page.status_code == 200
    operator_client.post(
        "/operator/accounts/user/add/",
        {
            "email": "New@Example.com",
            "name": "New",
            "role": "ADMIN",
            "usable_password": "true",
            "password1": "correct horse battery staple",
            "password2": "correct horse battery staple",
        },
    )
    user = User.objects.get(email="new@example.com")
    assert user.is_staff
    assert user.check_password("correct horse battery staple")

"""Operators' pages of money, usage and the outside world."""

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Customer, User
from billing import entitlements, quotas, subscriptions
from billing.gateways.base import Payment, gateway
from billing.models import Invoice, PaymentTransaction, Plan, PlanVersion, Subscription
from integrations import keys, webhooks
from integrations.models import AIProviderConfig, APIKey
from usage.models import UsageType

pytestmark = pytest.mark.django_db
MODELS = [
    f"{label}/{model._meta.model_name}"
    for label in ("billing", "usage", "integrations")
    for model in apps.get_app_config(label).get_models()
]
SECRET = "key-1234567890-wxyz"


@pytest.fixture
def rows(customer: Customer, owner: User) -> None:
    subscriptions.start(customer, PlanVersion.objects.select_related("plan").get(plan__code="growth"))
    gateway("manual").record_payment(customer, Payment(7_900, "EUR", "T1"), owner)
    quotas.reserve(customer, "answer", {UsageType.MESSAGE: 1})
    keys.create_key(customer, "Shop", created_by=owner)
    webhooks.emit(customer, "message.answered", {"x": 1})
    AIProviderConfig.objects.create(customer=customer, name="Mine", kind="openai", api_key=SECRET)


@pytest.mark.parametrize("model", MODELS)
def test_lists_searches_and_shows(rows: None, operator_client: Client, model: str) -> None:
    response = operator_client.get(f"/operator/{model}/", {"q": "a"})
    assert response.status_code == 200
    first = response.context["cl"].model._default_manager.first()
    if first:
        page = operator_client.get(f"/operator/{model}/{first.pk}/change/")
        assert page.status_code == 200
        assert SECRET not in page.content.decode()


@pytest.mark.parametrize(
    "model",
    [
        "usage/usagelog",
        "usage/billingevent",
        "usage/reservation",
        "usage/usagecounter",
        "billing/subscriptionhistory",
        "billing/paymentwebhooklog",
        "billing/invoice",
        "billing/planversion",
        "integrations/webhookevent",
        "integrations/webhookdelivery",
        "integrations/webhookattempt",
        "integrations/apikey",
    ],
)
def test_ledgers_cannot_be_added_to(operator_client: Client, model: str) -> None:
    assert operator_client.get(f"/operator/{model}/add/").status_code == 403


def plan_post(**changes: object) -> dict[str, object]:
    values = {
        "code": "free",
        "name": "Free",
        "description": "",
        "position": 0,
        "is_public": "on",
        "is_default": "on",
        "features": "Widget and WhatsApp\nSources under every answer\nHand over to a person",
        "trial_days": 0,
        "chatbots": 2,
        "seats": 2,
        "knowledge_items": 200,
        "knowledge_bytes": 52_428_800,
        "messages": 500,
        "ai_requests": 500,
        "whatsapp_messages": 100,
        "month_eur": 0,
        "month_usd": 0,
        "year_eur": 0,
        "year_usd": 0,
    }
    return {**values, **changes}


def free() -> Plan:
    return Plan.objects.select_related("current_version").get(code="free")


def test_a_changed_limit_is_a_new_version(operator_client: Client, customer: Customer) -> None:
    entitlements.for_customer(customer)
    before = free().current_version
    response = operator_client.post(f"/operator/billing/plan/{free().pk}/change/", plan_post(messages=900))
    assert response.status_code == 302
    after = free().current_version
    assert after is not None
    assert before is not None
    assert (before.messages, after.messages, after.number) == (500, 900, 2)
    assert entitlements.for_customer(customer).limit("messages") == 900


def test_a_changed_name_is_no_new_version(operator_client: Client) -> None:
    operator_client.post(f"/operator/billing/plan/{free().pk}/change/", plan_post(name="Gratis"))
    version = free().current_version
    assert free().name == "Gratis"
    assert version is not None
    assert version.number == 1


def test_a_limit_left_empty_is_none(operator_client: Client) -> None:
    operator_client.post(f"/operator/billing/plan/{free().pk}/change/", plan_post(messages=""))
    version = free().current_version
    assert version is not None
    assert version.messages is None


def test_only_one_plan_is_the_default(operator_client: Client) -> None:
    starter = Plan.objects.get(code="starter")
    values = plan_post(code="starter", name="Starter")
    operator_client.post(f"/operator/billing/plan/{starter.pk}/change/", values)
    assert list(Plan.objects.filter(is_default=True).values_list("code", flat=True)) == ["starter"]


def test_operators_begin_and_end_subscriptions(operator_client: Client, customer: Customer) -> None:
    version = PlanVersion.objects.get(plan__code="growth")
    values = {"customer": customer.pk, "plan_version": version.pk, "interval": "MONTH"}
    assert operator_client.post("/operator/billing/subscription/add/", values).status_code == 302
    subscription = Subscription.objects.for_customer(customer).get()
    assert entitlements.for_customer(customer).plan_code == "growth"
    action = {"action": "end_now", "_selected_action": [subscription.pk]}
    operator_client.post("/operator/billing/subscription/", action)
    assert entitlements.for_customer(customer).plan_code == "free"
    assert [row.to_status for row in subscription.history.order_by("id")] == ["ACTIVE", "CANCELED"]


def test_operators_record_transfers(operator_client: Client, customer: Customer) -> None:
    values = {
        "customer": customer.pk,
        "amount_minor": 7_900,
        "currency": "EUR",
        "gateway_reference": "BANK-1",
        "description": "Growth, May",
    }
    assert operator_client.post("/operator/billing/paymenttransaction/add/", values).status_code == 302
    assert PaymentTransaction.objects.for_customer(customer).get().amount_minor == 7_900
    assert Invoice.objects.for_customer(customer).get().total_minor == 7_900


def test_a_providers_key_is_replaced_or_kept(operator_client: Client, rows: None) -> None:
    row = AIProviderConfig.objects.get()
    values = {
        "name": "Renamed",
        "kind": "openai",
        "input_price": 0,
        "output_price": 0,
        "currency": "USD",
        "priority": 10,
        "state": "READY",
        "api_key": "",
    }
    path = f"/operator/integrations/aiproviderconfig/{row.pk}/change/"
    assert operator_client.post(path, values).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.api_key) == ("Renamed", SECRET)
    operator_client.post(path, {**values, "api_key": "another-key"})
    row.refresh_from_db()
    assert row.api_key == "another-key"


def test_operators_revoke_keys(operator_client: Client, rows: None) -> None:
    key = APIKey.objects.get()
    operator_client.post("/operator/integrations/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    key.refresh_from_db()
    assert key.revoked_at is not None

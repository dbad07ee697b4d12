"""The plan page and the usage page: what they say, to whom, and at how many statements."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Customer, MemberRole, User
from billing import entitlements, subscriptions
from billing.gateways.base import Payment, gateway
from billing.models import PlanVersion
from billing.money import money
from chatbots.models import Chatbot
from tests import factories
from usage import metering
from usage.models import UsageType

pytestmark = pytest.mark.django_db


def use(customer: Customer, count: int, chatbot: Chatbot | None = None, **fields: object) -> None:
    rights = entitlements.for_customer(customer)
    records = [
        metering.UsageRecord(
            customer_id=customer.pk,
            type=UsageType.MESSAGE,
            idempotency_key=f"{customer.pk}:{number}:{fields}",
            period_start=rights.period_start,
            chatbot_id=chatbot.pk if chatbot else None,
            channel="WIDGET",
            model=str(fields.get("model", "")),
        )
        for number in range(count)
    ]
    metering.record_all(records)
    metering.change(customer.pk, {UsageType.MESSAGE: count}, rights.period_start)


def test_the_plan_page_shows_plan_use_and_offers(member_client: Client, customer: Customer) -> None:
    use(customer, 123)
    page = member_client.get("/app/billing/").content.decode()
    assert '<p class="plan__name">Free</p>' in page
    assert "<b>123</b>" in page
    assert "of 500 answers" in page
    assert "Ask for Growth" in page
    assert "No invoices yet" in page


def test_the_plan_page_shows_the_subscription_and_its_invoices(
    member_client: Client, customer: Customer, operator: User
) -> None:
    version = PlanVersion.objects.select_related("plan").get(plan__code="growth")
    subscription = subscriptions.start(customer, version)
    gateway("manual").record_payment(
        customer, Payment(9_559, "EUR", "T1", "Growth <b>May</b>", subscription), operator
    )
    page = member_client.get("/app/billing/").content.decode()
    assert '<p class="plan__name">Growth</p>' in page
    assert "€\xa079" in page
    assert "€\xa095.59" in page
    assert "Growth &lt;b&gt;May&lt;/b&gt;" in page


def test_a_spent_quota_is_said_first(member_client: Client, customer: Customer) -> None:
    use(customer, 500)
    for path in ("/app/billing/", "/app/usage/"):
        assert "Every answer of this period is used." in member_client.get(path).content.decode()


def test_statements_do_not_grow_with_rows(
    member_client: Client, customer: Customer, chatbot: Chatbot, django_assert_max_num_queries: object
) -> None:
    use(customer, 30, chatbot)
    member_client.get("/app/usage/")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        member_client.get("/app/usage/")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        member_client.get("/app/billing/")


def test_the_usage_page_names_bots_and_channels(
    member_client: Client, customer: Customer, chatbot: Chatbot
) -> None:
    use(customer, 7, chatbot)
    page = member_client.get("/app/usage/").content.decode()
    assert "Spoke" in page
    assert "Website" in page
    assert "7" in page


def test_another_customers_use_is_not_shown(
    stranger_client: Client, other_customer: Customer, customer: Customer, chatbot: Chatbot
) -> None:
    use(customer, 77, chatbot)
    page = stranger_client.get("/app/usage/").content.decode()
    assert "Nothing counted yet" in page
    assert stranger_client.get("/app/usage/usage.csv").getvalue().decode().count("\n") == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_the_download_runs_no_formula(
    member_client: Client, customer: Customer, chatbot: Chatbot, start: str
) -> None:
    Chatbot.objects.filter(pk=chatbot.pk).update(name=f"{start}cmd|' /C calc'!A0")
    use(customer, 1, chatbot)
    response = member_client.get("/app/usage/usage.csv")
    lines = response.getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith('attachment; filename="usage-')
    assert len(lines) == 2
    assert f"'{start}cmd" in lines[1]


@pytest.mark.parametrize(
    ("role", "billing", "usage"),
    [(MemberRole.ADMIN, 200, 200), (MemberRole.AGENT, 403, 200), (MemberRole.VIEWER, 403, 200)],
)
def test_roles_decide(customer: Customer, role: str, billing: int, usage: int) -> None:
    client = Client()
    client.force_login(factories.make_member(customer, role=role).user)
    assert client.get("/app/billing/").status_code == billing
    assert client.get("/app/usage/").status_code == usage


def test_the_outlook_follows_the_pace(member_client: Client, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(created_at=timezone.now() - timedelta(days=10, hours=1))
    customer.refresh_from_db()
    use(customer, 300)
    page = member_client.get("/app/usage/").content.decode()
    assert "At this pace your answers run out on" in page


def test_the_badge_and_meter_stand_on_every_page(member_client: Client, customer: Customer) -> None:
    use(customer, 3)
    page = member_client.get("/app/api/").content.decode()
    assert "Free plan" in page
    assert "3 of 500" in page


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (7_900, "EUR", "€ 79"),
        (9_559, "EUR", "€ 95.59"),
        (1_234_500, "USD", "$ 12,345"),
        (500, "JPY", "¥ 500"),
        (1_500, "KWD", "KWD 1.500"),
        (0, "EUR", "€ 0"),
    ],
)
def test_money_is_written_in_the_currencys_own_units(amount: int, currency: str, text: str) -> None:
    assert money(amount, currency).replace("\xa0", " ") == text

"""What an audit row keeps, and the list of them."""

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import audit, history
from accounts.models import AuditEntry, Customer, MemberRole, User
from tests import factories


def test_hides_secrets_and_keeps_plain_json(customer: Customer, owner: User) -> None:
    entry = audit.record(
        "key.created",
        customer=customer,
        actor=owner,
        after={
            "access_token": "hunter2",
            "nested": {"app_secret": "x"},
            "price": Decimal("1.50"),
            "long": "a" * 900,
        },
        address="203.0.113.7",
    )
    entry.refresh_from_db()
    assert entry.after["access_token"] == audit.HIDDEN
    assert entry.after["nested"] == {"app_secret": audit.HIDDEN}
    assert entry.after["price"] == "1.50"
    assert len(entry.after["long"]) == audit.LONGEST_TEXT + 1
    assert entry.address == "203.0.113.7"


def test_names_only_what_changed() -> None:
    assert audit.differences({"a": 1, "b": 2}, {"a": 1, "b": 3}) == ({"b": 2}, {"b": 3})


def test_pages_reach_every_row_once_even_of_one_moment(customer: Customer) -> None:
    moment = timezone.now()
    rows = [AuditEntry(customer=customer, action=f"a.{number}", created_at=moment) for number in range(120)]
    rows += [
        AuditEntry(customer=customer, action=f"b.{number}", created_at=moment - timedelta(seconds=number + 1))
        for number in range(30)
    ]
    AuditEntry.objects.bulk_create(rows)
    seen: list[str] = []
    cursor = ""
    while True:
        page = history.page(customer, cursor)
        seen += [row.action for row in page.rows]
        cursor = page.older
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 150
    assert history.page(customer, "nonsense~x").is_first


def test_the_list_is_the_customers_own_in_a_fixed_number_of_queries(
    member_client: Client,
    customer: Customer,
    other_customer: Customer,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    audit.record("customer.created", customer=other_customer, after={"name": "their own"})
    for number in range(5):
        audit.record("chatbot.created", customer=customer, after={"name": f"<b>Bot {number}</b>"})
    member_client.get("/app/settings/audit/")
    with django_assert_num_queries(7):
        page = member_client.get("/app/settings/audit/").content.decode()
    assert page.count("&lt;b&gt;Bot") == 5
    assert "their own" not in page


def test_agents_do_not_read_it(customer: Customer) -> None:
    client = Client()
    client.force_login(factories.make_member(customer, role=MemberRole.AGENT).user)
    assert client.get("/app/settings/audit/").status_code == 403

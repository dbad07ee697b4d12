"""Profile, workspace settings, switcher and suspension."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Customer, MemberRole, User
from tests import factories

PROFILE = {"name": "Mira", "locale": "ar", "time_zone": "Europe/Amsterdam", "theme": "dark"}
WORKSPACE = {
    "name": "New name",
    "locale": "de",
    "time_zone": "Europe/Berlin",
    "retention_days": "90",
    "billing_email": "Bills@Example.com",
}


def test_saves_the_profile_and_remembers_language_and_theme(member_client: Client, owner: User) -> None:
    response = member_client.post("/app/settings/", PROFILE)
    assert response["Location"] == "/app/settings/"
    owner.refresh_from_db()
    assert (owner.name, owner.locale, owner.time_zone) == ("Mira", "ar", "Europe/Amsterdam")
    page = member_client.get("/app/settings/").content.decode()
    assert 'dir="rtl"' in page
    assert 'data-theme="dark"' in page


def test_refuses_an_unknown_time_zone(member_client: Client, owner: User) -> None:
    member_client.post("/app/settings/", PROFILE | {"time_zone": "../etc/passwd"})
    owner.refresh_from_db()
    assert owner.time_zone == "UTC"


def test_saves_the_workspace_and_tells_the_audit(member_client: Client, customer: Customer) -> None:
    member_client.post("/app/settings/workspace/", WORKSPACE)
    customer.refresh_from_db()
    assert (customer.name, customer.retention_days, customer.billing_email) == (
        "New name",
        90,
        "bills@example.com",
    )
    entry = AuditEntry.objects.get(action="customer.settings_changed")
    assert entry.before["name"] == "Lantern Cycles"
    assert entry.after["retention_days"] == 90


def test_agents_do_not_change_the_workspace(customer: Customer) -> None:
    client = Client()
    client.force_login(factories.make_member(customer, role=MemberRole.AGENT).user)
    assert client.post("/app/settings/workspace/", WORKSPACE).status_code == 403
    assert "Save workspace" not in client.get("/app/settings/").content.decode()
    customer.refresh_from_db()
    assert customer.name == "Lantern Cycles"


def test_switches_between_ones_own_customers_only(
    member_client: Client, owner: User, other_customer: Customer
) -> None:
    second = factories.make_customer(owner, name="Second House")
    assert member_client.post("/app/switch/", {"customer": second.public_id}).status_code == 302
    assert "Second House" in member_client.get("/app/bots/").content.decode()
    assert member_client.post("/app/switch/", {"customer": other_customer.public_id}).status_code == 404
    assert "Second House" in member_client.get("/app/bots/").content.decode()


@pytest.mark.parametrize("address", ["/app/bots/", "/app/settings/", "/app/team/"])
def test_a_suspended_customer_stops(member_client: Client, customer: Customer, address: str) -> None:
    Customer.objects.filter(pk=customer.pk).update(suspended_at=timezone.now(), suspended_reason="Unpaid")
    response = member_client.get(address)
    assert response.status_code == 403
    assert "Unpaid" in response.content.decode()


def test_times_stand_in_the_persons_zone(member_client: Client, owner: User, customer: Customer) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="Asia/Tokyo")
    moment = timezone.now().replace(month=1, day=1, hour=20, minute=0)
    AuditEntry.objects.create(customer=customer, action="customer.created", created_at=moment)
    assert "2 Jan" in member_client.get("/app/settings/audit/").content.decode()

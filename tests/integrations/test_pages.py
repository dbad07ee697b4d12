"""The API page: a secret once, keys that end, providers whose keys nobody reads back, and a test in plain words."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import AuditEntry, Customer, User
from integrations import keys, providers
from integrations.models import AIProviderConfig, APIKey, ProviderState
from integrations.providers.base import ProviderSettings
from tests.fixtures import fake_openai
from tests.fixtures.fake_openai import Fake

pytestmark = pytest.mark.django_db
PROVIDER = {
    "name": "Mistral",
    "base_url": "https://api.mistral.ai/v1/",
    "api_key": "key-1234567890-wxyz",
    "chat_model": "mistral-small",
    "input_price": "0.1",
    "output_price": "0.3",
    "currency": "EUR",
    "priority": "5",
    "is_enabled": "on",
}


@pytest.fixture
def row(customer: Customer) -> AIProviderConfig:
    return AIProviderConfig.objects.create(
        customer=customer,
        name="Mine",
        kind="openai",
        base_url="https://ai.example.com/v1",
        api_key="key-1234567890-wxyz",
        chat_model="fake-chat",
    )


@pytest.fixture
def fake(settings: Any, row: AIProviderConfig) -> Iterator[Fake]:
    with fake_openai.running() as server:
        settings.OUTBOUND_ALLOWED_HOSTS = [urlsplit(server.base_url).netloc]
        AIProviderConfig.objects.filter(pk=row.pk).update(base_url=server.base_url)
        yield server


def test_the_secret_is_shown_once(member_client: Client, customer: Customer, owner: User) -> None:
    response = member_client.post(
        "/app/api/keys/", {"name": "Shop", "scopes": ["bots:read"], "lifetime": "30"}
    )
    key = APIKey.objects.for_customer(customer).get()
    page = response.content.decode()
    secret = page.split('id="new-secret">')[1].split("<")[0]
    assert keys.find(secret) == key
    assert (key.scopes, key.created_by) == (["bots:read"], owner)
    assert key.expires_at is not None
    assert "no-store" in response["Cache-Control"]
    assert secret not in member_client.get("/app/api/").content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.filter(action="key.created", object_id=key.public_id).exists()


def test_a_key_without_rights_is_not_made(member_client: Client, customer: Customer) -> None:
    response = member_client.post("/app/api/keys/", {"name": "Shop"})
    assert response.status_code == 200
    assert not APIKey.objects.for_customer(customer).exists()


def test_revokes(member_client: Client, customer: Customer, owner: User) -> None:
    key, secret = keys.create_key(customer, "Shop", created_by=owner)
    assert keys.find(secret) == key
    member_client.post(f"/app/api/keys/{key.public_id}/revoke/")
    assert keys.find(secret) is None
    assert AuditEntry.objects.get(action="key.revoked").actor == owner


def test_a_strangers_key_does_not_exist(stranger_client: Client, customer: Customer, owner: User) -> None:
    key, secret = keys.create_key(customer, "Shop", created_by=owner)
    assert stranger_client.post(f"/app/api/keys/{key.public_id}/revoke/").status_code == 404
    assert keys.find(secret) == key


def test_a_provider_is_kept_sealed_and_shown_masked(member_client: Client, customer: Customer) -> None:
    assert member_client.post("/app/api/providers/new/", PROVIDER).status_code == 302
    row = AIProviderConfig.objects.for_customer(customer).get()
    assert (row.api_key, row.base_url, row.state) == (PROVIDER["api_key"], PROVIDER["base_url"][:-1], "READY")
    for path in ("/app/api/", f"/app/api/providers/{row.public_id}/"):
        page = member_client.get(path).content.decode()
        assert "••••wxyz" in page
        assert PROVIDER["api_key"] not in page
    assert PROVIDER["api_key"] not in str(list(AuditEntry.objects.values()))


def test_an_empty_key_keeps_the_old_one(member_client: Client, row: AIProviderConfig) -> None:
    changed = {**PROVIDER, "base_url": row.base_url, "api_key": "", "is_enabled": ""}
    member_client.post(f"/app/api/providers/{row.public_id}/", changed)
    row.refresh_from_db()
    assert (row.name, row.api_key, row.state) == ("Mistral", "key-1234567890-wxyz", ProviderState.DISABLED)


def test_a_kept_key_does_not_go_to_another_address(member_client: Client, row: AIProviderConfig) -> None:
    moved = {**PROVIDER, "base_url": "https://elsewhere.example.com/v1", "api_key": ""}
    response = member_client.post(f"/app/api/providers/{row.public_id}/", moved)
    assert "type the key again" in response.content.decode()
    row.refresh_from_db()
    assert row.base_url == "https://ai.example.com/v1"


@pytest.mark.parametrize(
    "url",
    [
        "http://ai.example.com/v1",
        "https://127.0.0.1/v1",
        "https://[::1]/v1",
        "https://user:secret@ai.example.com/",
        "https://ai.example.com:22/",
        "file:///etc/passwd",
        "nonsense",
    ],
)
def test_refuses_addresses_that_may_not_be_used(member_client: Client, customer: Customer, url: str) -> None:
    assert member_client.post("/app/api/providers/new/", {**PROVIDER, "base_url": url}).status_code == 200
    assert not AIProviderConfig.objects.for_customer(customer).exists()


def test_the_operators_list_opens_a_private_address(
    member_client: Client, customer: Customer, settings: Any
) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = ["ollama:11434"]
    member_client.post("/app/api/providers/new/", {**PROVIDER, "base_url": "http://ollama:11434/v1"})
    assert AIProviderConfig.objects.for_customer(customer).get().base_url == "http://ollama:11434/v1"


@pytest.mark.parametrize(
    ("model", "said", "state"),
    [
        ("fake-chat", "It answered in", "READY"),
        ("wrong-key", "It refuses the key", "FAILING"),
        ("rate-limited", "its limit is reached", "READY"),
        ("broken", "out of order", "READY"),
        ("garbage", "not like an OpenAI-compatible server", "READY"),
        ("cut", "stopped in the middle", "READY"),
    ],
)
def test_the_test_button_says_plainly(
    member_client: Client, row: AIProviderConfig, fake: Fake, model: str, said: str, state: str
) -> None:
    AIProviderConfig.objects.filter(pk=row.pk).update(chat_model=model)
    path = f"/app/api/providers/{row.public_id}/test/"
    page = member_client.post(path, headers={"hx-request": "true"}).content.decode()
    assert said in page
    assert "SECRET" not in page
    row.refresh_from_db()
    assert row.state == state
    assert member_client.post(path).status_code == 302


def test_deletes(member_client: Client, row: AIProviderConfig) -> None:
    member_client.post(f"/app/api/providers/{row.public_id}/delete/")
    assert not AIProviderConfig.objects.exists()


class TestTheChoice:
    """Own, then the platform's, then the environment's, then the built-in one."""

    def choice(self, customer: Customer) -> ProviderSettings:
        providers.forget()
        return providers.settings_for(customer)

    def test_built_in_without_anything(self, customer: Customer, settings: Any) -> None:
        settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
        assert self.choice(customer).kind == "local"

    def test_the_environments(self, customer: Customer, settings: Any) -> None:
        settings.OPENAI_API_KEY = "sk-env"
        assert (self.choice(customer).kind, self.choice(customer).api_key) == ("openai", "sk-env")

    def test_own_before_platform_in_order(self, customer: Customer, other_customer: Customer) -> None:
        for owner, name, priority in ((None, "platform", 1), (customer, "second", 9), (customer, "first", 5)):
            AIProviderConfig.objects.create(customer=owner, name=name, kind="openai", priority=priority)
        assert self.choice(customer).name == "first"
        assert self.choice(other_customer).name == "platform"

    def test_failing_and_disabled_are_passed_over(self, customer: Customer, row: AIProviderConfig) -> None:
        AIProviderConfig.objects.filter(pk=row.pk).update(state=ProviderState.FAILING)
        assert self.choice(customer).name != "Mine"

    def test_warm_costs_no_query(self, customer: Customer, django_assert_num_queries: Any) -> None:
        self.choice(customer)
        with django_assert_num_queries(0):
            providers.settings_for(customer)

    def test_the_key_is_not_in_its_text(self) -> None:
        assert "hidden" not in repr(ProviderSettings(kind="openai", api_key="hidden"))

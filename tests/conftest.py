"""Two tenants and a stranger, ready for every test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Customer, Role, User
from chatbots.models import Chatbot
from tests import factories, quick_flush
from tests.live_server import free_port, serving

quick_flush.install()

# Tests that walk through all there is: `make test` runs them, the daily `make check` does not wait for them.
WALKS = (
    "tests/security/",
    "tests/test_stranger",
    "tests/accounts/test_permission_table",
    "tests/config/test_demo",
    "tests/config/test_schema",
    "tests/config/test_names",
    "tests/config/test_reset_db",
    "tests/knowledge/test_extraction",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(WALKS):
            item.add_marker("walk")


@pytest.fixture(autouse=True)
def quick_passwords(settings: pytest.FixtureRequest) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def owner(db: None) -> User:
    return factories.make_user(name="Owner")


@pytest.fixture
def customer(owner: User) -> Customer:
    return factories.make_customer(owner, name="Lantern Cycles")


@pytest.fixture
def chatbot(customer: Customer) -> Chatbot:
    return factories.make_chatbot(customer, name="Spoke")


@pytest.fixture
def stranger(db: None) -> User:
    return factories.make_user(name="Stranger")


@pytest.fixture
def other_customer(stranger: User) -> Customer:
    return factories.make_customer(stranger, name="Somebody Else")


@pytest.fixture
def operator(db: None) -> User:
    return factories.make_user(name="Operator", role=Role.ADMIN, is_superuser=True)


@pytest.fixture
def member_client(owner: User, customer: Customer) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def stranger_client(stranger: User, other_customer: Customer) -> Client:
    client = Client()
    client.force_login(stranger)
    return client


@pytest.fixture
def operator_client(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def live_address(transactional_db: None, settings: pytest.FixtureRequest) -> Iterator[str]:
    """`host:port` of the whole product on a real socket, over the test's own database."""
    port = free_port()
    settings.SITE_URL = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    cache.clear()
    with serving(port) as address:
        yield address

"""Keys of programs: who is let in, as whom, and what ends a key."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import Customer, MemberRole, User
from accounts.permissions import HasScope
from integrations import keys
from integrations.authentication import APIKeyAuthentication
from integrations.models import APIKey
from tests import factories

pytestmark = pytest.mark.django_db


def ask(secret: str | None, path: str = "/", **extra: Any) -> Any:
    headers: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {secret}"} if secret else {}
    wire: HttpRequest = APIRequestFactory().get(path, **headers, **extra)
    request = Request(wire, authenticators=[APIKeyAuthentication()])
    _ = request.auth
    return request


@pytest.fixture
def made(customer: Customer, owner: User) -> tuple[APIKey, str]:
    return keys.create_key(customer, "Shop", created_by=owner, scopes=["bots:read"])


def test_a_key_speaks_for_its_customer(made: tuple[APIKey, str], customer: Customer) -> None:
    request = ask(made[1])
    assert request.customer == customer
    assert request.auth == made[0]


def test_keeps_only_the_hash(made: tuple[APIKey, str]) -> None:
    key, secret = made
    assert secret not in str(APIKey.objects.values().get(pk=key.pk))
    assert secret.startswith(key.prefix)
    assert len(secret) >= 43


def test_no_header_is_no_authentication() -> None:
    assert ask(None).auth is None


@pytest.mark.parametrize("secret", ["sk_wrong", "nonsense", "", "sk_" + "x" * 5000])
def test_refuses_unknown_secrets(secret: str) -> None:
    with pytest.raises(AuthenticationFailed):
        APIKeyAuthentication().authenticate(
            Request(APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {secret}"))
        )


def test_warm_key_costs_no_query(
    made: tuple[APIKey, str], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    ask(made[1])
    with django_assert_num_queries(0):  # type: ignore[operator]
        ask(made[1])


def test_revoked_key_stops_at_once(made: tuple[APIKey, str]) -> None:
    ask(made[1])
    assert keys.revoke(made[0]) is True
    assert keys.revoke(made[0]) is False
    with pytest.raises(AuthenticationFailed):
        ask(made[1])


def test_expired_key_stops(customer: Customer, owner: User) -> None:
    _key, secret = keys.create_key(
        customer, "Old", created_by=owner, expires_at=timezone.now() - timedelta(seconds=1)
    )
    with pytest.raises(AuthenticationFailed):
        ask(secret)


def test_suspended_customers_keys_stop(made: tuple[APIKey, str], customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(suspended_at=timezone.now())
    with pytest.raises(AuthenticationFailed):
        ask(made[1])


def test_removed_members_keys_stop(customer: Customer) -> None:
    seat = factories.make_member(customer, role=MemberRole.ADMIN)
    _key, secret = keys.create_key(customer, "Theirs", created_by=seat.user)
    seat.delete()
    with pytest.raises(AuthenticationFailed):
        ask(secret)


def test_address_list_is_kept_to(customer: Customer, owner: User) -> None:
    _key, secret = keys.create_key(customer, "Office", created_by=owner, allowed_addresses=["192.0.2.0/24"])
    assert ask(secret, REMOTE_ADDR="192.0.2.7").customer == customer
    with pytest.raises(AuthenticationFailed):
        ask(secret, REMOTE_ADDR="198.51.100.7")


def test_key_in_the_address_is_refused(made: tuple[APIKey, str]) -> None:
    with pytest.raises(AuthenticationFailed):
        ask(made[1], path=f"/?api_key={made[1]}")


@pytest.mark.parametrize(
    ("required", "method", "granted"),
    [
        ("bots:read", "get", True),
        ("bots:write", "get", False),
        (None, "get", False),
        ({"GET": "bots:read", "POST": "bots:write"}, "head", True),
        ({"GET": "bots:read", "POST": "bots:write"}, "post", False),
    ],
)
def test_scope_decides(made: tuple[APIKey, str], required: object, method: str, granted: bool) -> None:
    wire = getattr(APIRequestFactory(), method)("/", HTTP_AUTHORIZATION=f"Bearer {made[1]}")
    request = Request(wire, authenticators=[APIKeyAuthentication()])
    assert HasScope().has_permission(request, SimpleNamespace(required_scope=required)) is granted

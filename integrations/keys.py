"""Decides how a program's key is made, found and ended; only the SHA-256 of a secret is ever stored.

Called by authentication for every API request, and by the API page.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Customer, Membership, User
from integrations.models import APIKey

SECRET_PREFIX = "sk_"  # noqa: S105 (the visible mark of a key, not a key)
VISIBLE_CHARACTERS = 11
# A key that was revoked by another process is refused within this time and one request.
CACHE_SECONDS = 4.0
CACHE_SIZE = 2048
LAST_USED_PRECISION = timedelta(minutes=10)
SCOPES = (
    "bots:read",
    "bots:write",
    "knowledge:read",
    "knowledge:write",
    "conversations:read",
    "conversations:write",
    "usage:read",
    "webhooks:read",
    "webhooks:write",
)

_found: dict[str, tuple[float, APIKey]] = {}


def create_key(
    customer: Customer,
    name: str,
    *,
    created_by: User,
    scopes: Iterable[str] = SCOPES,
    expires_at: datetime | None = None,
    allowed_addresses: Sequence[str] = (),
) -> tuple[APIKey, str]:
    """Return the key and its secret, which nobody can read again."""
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    granted = set(scopes)
    with transaction.atomic():
        key = APIKey.objects.create(
            customer=customer,
            name=name,
            prefix=secret[:VISIBLE_CHARACTERS],
            secret_hash=digest(secret),
            scopes=[scope for scope in SCOPES if scope in granted],
            expires_at=expires_at,
            allowed_addresses=list(allowed_addresses),
            created_by=created_by,
        )
        told = {"name": name, "scopes": key.scopes, "expires_at": expires_at}
        audit.record("key.created", customer=customer, actor=created_by, object_id=key.public_id, after=told)
    return key, secret


def revoke(key: APIKey, *, actor: User | None = None) -> bool:
    """End the key at once here and within seconds in other processes; False when it had ended."""
    with transaction.atomic():
        changed = APIKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            told = {"name": key.name}
            audit.record(
                "key.revoked", customer=key.customer, actor=actor, object_id=key.public_id, before=told
            )
    _found.pop(key.secret_hash, None)
    return bool(changed)


def find(secret: str) -> APIKey | None:
    """The living key of this secret, from the in-process cache or by one query."""
    hashed = digest(secret)
    deadline, key = _found.get(hashed, (0.0, None))
    if key is None or deadline < time.monotonic():
        key = _load(hashed)
        _remember(hashed, key)
    return key if key and _is_alive(key) else None


def for_page(customer: Customer) -> list[APIKey]:
    """The customer's keys, newest first, each with `has_member`: whether its maker still has a seat."""
    keys = APIKey.objects.for_customer(customer).select_related("created_by")
    return list(keys.annotate(has_member=Exists(_seats())))


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def allows_address(key: APIKey, address: str) -> bool:
    """Whether the key may be used from this address; a key without a list may be used from anywhere."""
    if not key.allowed_addresses:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(allowed, strict=False) for allowed in key.allowed_addresses)


def _load(hashed: str) -> APIKey | None:
    """A key lives as long as the member who made it; a removed member's keys end with the seat."""
    key = APIKey.objects.filter(Exists(_seats()), secret_hash=hashed).select_related("customer").first()
    if key:
        _touch(key)
    return key


def _seats() -> QuerySet[Membership]:
    return Membership.objects.filter(user=OuterRef("created_by"), customer=OuterRef("customer"))


def _touch(key: APIKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
        APIKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _remember(hashed: str, key: APIKey | None) -> None:
    """Only real keys are kept, so that guesses cannot fill the memory."""
    if key is None:
        _found.pop(hashed, None)
        return
    if len(_found) >= CACHE_SIZE:
        _found.clear()
    _found[hashed] = (time.monotonic() + CACHE_SECONDS, key)


def _is_alive(key: APIKey) -> bool:
    is_expired = key.expires_at is not None and key.expires_at <= timezone.now()
    return key.revoked_at is None and not is_expired and not key.customer.is_suspended

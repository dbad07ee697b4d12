"""Decides what a new person gets: their own customer with an owner's seat, or the seat they were invited to.

Called by allauth through settings.ACCOUNT_ADAPTER and the sign-up form, by the welcome page and by seed_demo.
"""

import secrets
from collections.abc import Iterator
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from accounts import audit, preferences
from accounts.addresses import client_address
from accounts.models import Customer, MemberRole, Membership, User

SLUG_LENGTH = 60
SLUG_ATTEMPTS = 5
INVITATION_KEY = "invitation"  # the session's name of an invitation that was opened before signing in


class SlugUnavailableError(Exception):
    """No free short name was found, which five random endings make next to impossible."""


def may_found(user: User) -> bool:
    """So many workspaces a person, each with its free quota; and none beside a suspended one."""
    owned = user.memberships.filter(role=MemberRole.OWNER)
    is_suspended = owned.filter(customer__suspended_at__isnull=False).exists()
    return not is_suspended and owned.count() < settings.WORKSPACES_PER_PERSON


def create_customer(user: User, name: str) -> Customer:
    """Found a customer of that name with the user as its owner."""
    with transaction.atomic():
        customer = _create_with_free_slug(name.strip(), user)
        Membership.objects.create(customer=customer, user=user, role=MemberRole.OWNER)
        audit.record(
            "customer.created",
            customer=customer,
            actor=user,
            object_id=customer.public_id,
            after={"name": name},
        )
    return customer


def _create_with_free_slug(name: str, user: User) -> Customer:
    for slug in _slugs(name):
        try:
            with transaction.atomic():
                return Customer.objects.create(
                    name=name,
                    slug=slug,
                    billing_email=user.email,
                    locale=user.locale,
                    time_zone=user.time_zone,
                )
        except IntegrityError:
            continue
    raise SlugUnavailableError(name)


def _slugs(name: str) -> Iterator[str]:
    base = slugify(name)[:SLUG_LENGTH].strip("-") or "workspace"
    yield base
    for _attempt in range(SLUG_ATTEMPTS):
        yield f"{base}-{secrets.token_hex(4)}"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Allauth's door into our users: names, trusted proxies, language and theme on sign-in."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "").strip()
        user.locale = preferences.language_of(request)
        return cast(User, super().save_user(request, user, form, commit))

    def is_safe_url(self, url: str | None) -> bool:
        """An address that cannot even be read, such as one with an unclosed host, is not followed."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 (a rate limit's key where no address is known)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response = cast(HttpResponse, super().post_login(request, user, **details))
        preferences.remember_language(response, user.locale)
        return response

"""Decides which customer a program speaks for, by the key in its Authorization header.

Called by REST framework for every API request, through settings.REST_FRAMEWORK.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.addresses import client_address
from integrations import keys
from integrations.models import APIKey


class APIKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sk_…`: sets request.customer and makes the key request.auth."""

    def authenticate(self, request: Request) -> tuple[None, APIKey] | None:
        refuse_keys_in_address(request)
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        key = keys.find(secret.strip()) if scheme.lower() == "bearer" else None
        if key is None or not keys.allows_address(key, client_address(request) or ""):
            raise AuthenticationFailed(_("This key is not valid."))
        for seen_by in (request, request._request):
            setattr(seen_by, "customer", key.customer)  # noqa: B010 (neither class declares it)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def refuse_keys_in_address(request: Request) -> None:
    """An address ends up in logs and histories: a key in one is refused, also a right one."""
    values = (value for values in request.GET.lists() for value in values[1])
    if any(value.startswith(keys.SECRET_PREFIX) for value in values):
        raise AuthenticationFailed(_("Send the key in the Authorization header, never in the address."))

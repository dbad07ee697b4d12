"""Decides from which network address a request came.

Called by the audit, by sign-in's rate limits, and by every edge that limits or logs by address.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The caller's address: the one our outermost trusted proxy saw, or the socket's own without proxies."""
    proxies = settings.TRUSTED_PROXY_COUNT
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        return _valid(hops[-proxies]) if len(hops) >= proxies else None
    return _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None

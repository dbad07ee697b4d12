"""Decides which web pages may carry a bot: entries `host[:port]`, `*.` for one label, https unless local.

Called by the embed form (normalise), the public widget endpoints and the widget's socket (`origin_allowed`).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from chatbots.models import Chatbot

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"http": 80, "https": 443}
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LONGEST_HOST = 253


class InvalidDomainError(ValueError):
    """An entry that names no host, in words for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Origin:
    scheme: str
    host: str
    port: int

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL_HOSTS


def origin_allowed(chatbot: Chatbot, origin: str | None) -> bool:
    """May a page of this origin show the bot? Our own pages always may; missing and "null" never."""
    page = parse_origin(origin)
    if page is None:
        return False
    if is_own(page):
        return True
    if page.scheme != "https" and not page.is_local:
        return False
    return any(_matches(entry, page) for entry in chatbot.allowed_domains)


def parse_origin(text: str | None) -> Origin | None:
    """An Origin header's value; None for "null", for other schemes and for anything with a path."""
    try:
        parts = urlsplit(text or "")
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    has_more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or has_more:
        return None
    return Origin(parts.scheme, parts.hostname.rstrip("."), port)


def is_own(page: Origin) -> bool:
    """Is it the product's own origin? Started on one local name, it is reached by the others too."""
    own = parse_origin(origin_of(settings.SITE_URL))
    if own is None:
        return False
    return page == own or (
        own.is_local and page.is_local and (page.scheme, page.port) == (own.scheme, own.port)
    )


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def normalise(text: str) -> str:
    """What a person typed (an address, a name with capitals or umlauts) as an entry; InvalidDomainError."""
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/")[0]
    host, port = _split(bare)
    wildcard = "*." if host.startswith("*.") else ""
    name = _ascii_host(host.removeprefix("*."), text)
    if wildcard and (name in LOCAL_HOSTS or _is_address(name) or "." not in name):
        raise InvalidDomainError(
            _("“%(text)s”: the star stands for one name before a domain.") % {"text": text}
        )
    shown = f"[{name}]" if ":" in name else name
    return f"{wildcard}{shown}" + (f":{port}" if port else "")


def _matches(entry: str, page: Origin) -> bool:
    try:
        host, port = _split(entry)
    except InvalidDomainError:
        return False
    if (port or DEFAULT_PORTS[page.scheme]) != page.port:
        return False
    if not host.startswith("*."):
        return host == page.host
    first, _dot, rest = page.host.partition(".")
    return bool(first) and rest == host[2:]


def _split(entry: str) -> tuple[str, int | None]:
    """Host and port of an entry; an IPv6 host stands in brackets."""
    bracketed = re.fullmatch(r"\[([0-9a-f:.]+)\](?::(\d{1,5}))?", entry)
    if bracketed:
        return bracketed[1], int(bracketed[2]) if bracketed[2] else None
    host, _colon, port = entry.partition(":")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise InvalidDomainError(_("“%(text)s” has no valid port.") % {"text": entry})
    return host, int(port) if port else None


def _ascii_host(host: str, text: str) -> str:
    refusal = InvalidDomainError(_("“%(text)s” is not a domain such as shop.example.com.") % {"text": text})
    if _is_address(host):
        return host
    try:
        name = host.rstrip(".").encode("idna").decode()
    except UnicodeError as error:
        raise refusal from error
    labels = name.split(".")
    if not name or len(name) > LONGEST_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise refusal
    if len(labels) == 1 and name not in LOCAL_HOSTS:
        raise refusal
    return name


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

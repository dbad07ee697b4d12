"""The one client for addresses that customers choose: resolved, judged, and connected to as judged.

Called by knowledge for web pages, by providers for their connections, and by the senders of webhooks.
"""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import HTTPError

from integrations.addresses import OutboundRefused, is_allowed, judge
from integrations.sockets import CONNECT_SECONDS, Deadline, OutboundFailed, guarded_pool

if TYPE_CHECKING:
    import aiohttp

__all__ = ["FetchedResponse", "OutboundFailed", "OutboundRefused", "guarded_connector", "guarded_get"]

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
READ_BYTES = 65_536
GZIP_OR_DEFLATE = 47  # zlib's way to say: find out which of the two
SAFE_IN_TARGETS = "/%:@!$&'()*+,;=~?[]"


@dataclass(frozen=True, slots=True)
class FetchedResponse:
    """What came back, whole and within the caps; header names are in lower case."""

    url: str
    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str]


def guarded_get(
    url: str, *, max_bytes: int, timeout_seconds: float, accept: str = "*/*", allow_listed: bool = True
) -> FetchedResponse:
    """Fetch a page, re-judging every redirect; OutboundRefused or OutboundFailed otherwise.

    `allow_listed` False: not even the operator's list opens an address that is not public.
    """
    with Deadline(timeout_seconds, allow_listed=allow_listed) as deadline:
        for _hop in range(MAX_REDIRECTS + 1):
            response = _exchange(url, accept, deadline, max_bytes)
            location = response.headers.get("location", "")
            if response.status not in REDIRECTS or not location:
                return response
            url = urljoin(url, location)
        raise OutboundFailed("too_many_redirects")


def guarded_connector(origin: str = "") -> aiohttp.TCPConnector:
    """A connector that judges each socket; the operator's list may open `origin`, a base address."""
    import aiohttp

    parts = urlsplit(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    is_listed = is_allowed(parts.hostname or "", port)

    def open_socket(info: Any) -> socket.socket:
        family, kind, protocol, _name, address = info
        judge(address[0], address[1], is_listed=is_listed and address[1] == port)
        return socket.socket(family=family, type=kind, proto=protocol)

    return aiohttp.TCPConnector(socket_factory=open_socket, limit=0, keepalive_timeout=30, use_dns_cache=True)


def checked(url: str) -> SplitResult:
    """The parts of an address that may be fetched: web schemes only, no credentials, no odd port."""
    try:
        parts = urlsplit(url)
        port = port_of(parts)
    except ValueError as error:
        raise OutboundRefused("address_malformed") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise OutboundRefused("address_malformed")
    if "@" in parts.netloc or "\\" in url:
        raise OutboundRefused("credentials_in_address")
    if not is_allowed(parts.hostname, port):
        judge("1.1.1.1", port)
    return parts


def port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _exchange(url: str, accept: str, deadline: Deadline, max_bytes: int) -> FetchedResponse:
    parts = checked(url)
    pool = guarded_pool(parts.scheme, str(parts.hostname), port_of(parts), deadline)
    try:
        response = _send(pool, parts, accept, deadline)
        body = _body(response, max_bytes)
    except (HTTPError, OSError, ValueError) as error:
        raise OutboundFailed(_failure(error, deadline)) from error
    finally:
        pool.close()
    if deadline.is_over:
        raise OutboundFailed("timeout")
    headers = {name.lower(): value for name, value in response.headers.items()}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return FetchedResponse(url=url, status=response.status, content_type=kind, body=body, headers=headers)


def _send(pool: HTTPConnectionPool, parts: SplitResult, accept: str, deadline: Deadline) -> BaseHTTPResponse:
    target = quote(parts.path or "/", safe=SAFE_IN_TARGETS)
    query = f"?{quote(parts.query, safe=SAFE_IN_TARGETS)}" if parts.query else ""
    return pool.urlopen(
        "GET",
        target + query,
        headers={"Accept": accept, "Accept-Encoding": "identity", "User-Agent": _user_agent()},
        retries=False,
        redirect=False,
        preload_content=False,
        decode_content=False,
        timeout=Timeout(connect=min(CONNECT_SECONDS, deadline.left), read=deadline.left),
    )


def _body(response: BaseHTTPResponse, max_bytes: int) -> bytes:
    """The body as it was meant, no larger than the cap neither packed nor unpacked."""
    if response.status in REDIRECTS:
        return b""
    packed = bytearray()
    for piece in response.stream(READ_BYTES, decode_content=False):
        packed += piece
        if len(packed) > max_bytes:
            raise OutboundFailed("too_large")
    encoding = str(response.headers.get("content-encoding", "identity")).strip().lower()
    if encoding in {"identity", ""}:
        return bytes(packed)
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise OutboundFailed("encoding_unknown")
    return _unpacked(bytes(packed), max_bytes)


def _unpacked(packed: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=GZIP_OR_DEFLATE)
    try:
        body = unpacker.decompress(packed, max_bytes + 1)
    except zlib.error as error:
        raise OutboundFailed("encoding_broken") from error
    if len(body) > max_bytes:
        raise OutboundFailed("too_large")
    return body


def _failure(error: Exception, deadline: Deadline) -> str:
    if deadline.is_over or "timed out" in str(error).lower():
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) or "SSL" in type(error).__name__ else "unreachable"


def _user_agent() -> str:
    return f"{settings.PRODUCT_NAME}/1.0 (+{settings.SITE_URL})"

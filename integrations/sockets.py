"""How a judged connection is opened and how its whole exchange is bound in time; urllib3 does the speaking.

Called by integrations.http alone.
"""

from __future__ import annotations

import os
import socket
import ssl
from dataclasses import dataclass, field
from functools import cache
from threading import Timer
from time import monotonic
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from integrations.addresses import is_allowed, judge

CONNECT_SECONDS = 5.0


class OutboundFailed(Exception):
    """A fetch that policy allowed and the network, the other side or a cap ended; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Deadline:
    """Ends whatever connection is open when the time is over, however slowly the other side drips."""

    seconds: float
    ends_at: float = 0.0
    is_over: bool = False
    handles: list[socket.socket] = field(default_factory=list)
    # May the operator's list open an address that is not public?
    allow_listed: bool = True

    def __enter__(self) -> Deadline:
        self.ends_at = monotonic() + self.seconds
        self._timer = Timer(self.seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for handle in self.handles:
            handle.close()

    def watch(self, connected: socket.socket) -> None:
        """Keep a second handle: TLS will take the first one over."""
        self.handles.append(socket.socket(fileno=os.dup(connected.fileno())))

    @property
    def left(self) -> float:
        return max(self.ends_at - monotonic(), 0.001)

    _timer: Timer = field(init=False, repr=False)

    def _cut(self) -> None:
        self.is_over = True
        for handle in self.handles:
            _shut(handle)


def guarded_pool(scheme: str, host: str, port: int, deadline: Deadline) -> HTTPConnectionPool:
    """A pool for one exchange with one origin."""
    if scheme == "https":
        return GuardedHTTPSPool(host, port, ssl_context=_tls(), deadline=deadline)
    return GuardedHTTPPool(host, port, deadline=deadline)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Resolve, judge every address, connect to the first that answers; nothing is resolved twice."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise OutboundFailed("name_unknown") from error
    is_listed = deadline.allow_listed and is_allowed(host, port)
    for *_kind, address in found:
        judge(str(address[0]), port, is_listed=is_listed)
    last: OSError = OSError("no address")
    for family, kind, protocol, _name, address in found:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(min(CONNECT_SECONDS, deadline.left))
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            last = error
            continue
        deadline.watch(connection)
        return connection
    raise last


class _Guarded:
    """Takes the place of urllib3's own resolving and connecting."""

    host: str
    port: int
    deadline: Deadline

    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline = deadline

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, self.deadline)


class GuardedHTTPConnection(_Guarded, HTTPConnection):
    pass


class GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


def _shut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker

"""The guarded client: no packet leaves for an address inside, in whatever spelling or by whatever detour."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from integrations import http
from integrations.addresses import is_public
from integrations.http import OutboundFailed, OutboundRefused, guarded_connector, guarded_get

INSIDE = (
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",  # noqa: S104 (a spelling of this host)
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "localhost",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[fd00:ec2::254]",
)


@pytest.fixture
def no_packets(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces the socket's own connect; whoever reaches it is written down and goes no further."""
    reached: list[Any] = []

    class Deaf(socket.socket):
        def connect(self, address: Any) -> None:
            reached.append(address)
            raise ConnectionRefusedError

        def connect_ex(self, address: Any) -> int:
            reached.append(address)
            return 111

    monkeypatch.setattr(socket, "socket", Deaf)
    return reached


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A resolver that gives another answer to each question, the last one for ever."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def fetch(url: str, **fields: Any) -> http.FetchedResponse:
    return guarded_get(url, **{"max_bytes": 1000, "timeout_seconds": 3, **fields})


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_refuses_every_spelling_of_an_inside_address(no_packets: list[Any], host: str, scheme: str) -> None:
    with pytest.raises((OutboundRefused, OutboundFailed)) as caught:
        fetch(f"{scheme}://{host}/")
    if isinstance(caught.value, OutboundFailed):
        assert caught.value.code == "name_unknown"
    assert no_packets == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://",
        "//example.com/",
        "http://user:secret@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://93.184.215.14:22/",
        "http://93.184.215.14:6379/",
        "http://93.184.215.14:99999/",
        "http://[::1",
    ],
)
def test_refuses_odd_addresses(no_packets: list[Any], url: str) -> None:
    with pytest.raises(OutboundRefused):
        fetch(url)
    assert no_packets == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:80b::200e"]
)
def test_lets_public_addresses_through(
    no_packets: list[Any], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolving(monkeypatch, address)
    with pytest.raises(OutboundFailed, match="unreachable"):
        fetch("http://example.com/")
    assert [reached[0] for reached in no_packets] == [address]
    assert is_public(address)


def test_one_private_answer_among_public_ones_refuses_all(
    no_packets: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))
        for address in ("93.184.215.14", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: both)
    with pytest.raises(OutboundRefused):
        fetch("http://example.com/")
    assert no_packets == []


def test_a_name_that_changes_its_address_is_connected_to_as_judged(
    no_packets: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, "93.184.215.14", "127.0.0.1")
    with pytest.raises(OutboundFailed):
        fetch("http://rebind.example/")
    assert asked == ["rebind.example"]
    assert [reached[0] for reached in no_packets] == ["93.184.215.14"]


async def test_the_async_guard_sees_literals_and_names(
    no_packets: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiohttp

    resolving(monkeypatch, "10.0.0.1")
    async with aiohttp.ClientSession(connector=guarded_connector()) as session:
        for host in ("127.0.0.1", "[::1]", "inside.example", "[::ffff:169.254.169.254]"):
            with pytest.raises(OutboundRefused):
                await session.get(f"http://{host}/")
    assert no_packets == []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        respond = getattr(self, f"say_{self.path.strip('/').partition('?')[0]}")
        respond()

    def say_page(self) -> None:
        self.whole(b"<p>Hello</p>", {"Content-Type": "text/html; charset=utf-8", "X-Path": self.path})

    def say_large(self) -> None:
        self.whole(b"x" * 5000, {})

    def say_bomb(self) -> None:
        self.whole(gzip.compress(b"\0" * 500_000), {"Content-Encoding": "gzip"})

    def say_packed(self) -> None:
        self.whole(gzip.compress(b"Hello"), {"Content-Encoding": "gzip"})

    def say_inside(self) -> None:
        self.whole(b"", {"Location": "http://169.254.169.254/latest/meta-data/"}, status=302)

    def say_file(self) -> None:
        self.whole(b"", {"Location": "file:///etc/passwd"}, status=301)

    def say_again(self) -> None:
        self.whole(b"", {"Location": "/again"}, status=307)

    def say_moved(self) -> None:
        self.whole(b"", {"Location": "/page?moved=1"}, status=302)

    def say_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(BrokenPipeError):
            while not self.server.drained.wait(0.05):  # type: ignore[attr-defined]
                self.wfile.write(b"x")

    def whole(self, body: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Stay quiet."""


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.drained = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.drained.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(settings: Any) -> Iterator[str]:
    with serving() as place:
        settings.OUTBOUND_ALLOWED_HOSTS = [place]
        yield place


def test_fetches_from_a_place_that_the_operator_lists(host: str) -> None:
    response = fetch(f"http://{host}/page?a=1 2&b=ü")
    assert (response.status, response.content_type, response.body) == (200, "text/html", b"<p>Hello</p>")
    assert response.headers["x-path"] == "/page?a=1%202&b=%C3%BC"


def test_a_listed_place_opens_no_other_port(host: str, no_packets: list[Any]) -> None:
    with pytest.raises(OutboundRefused):
        fetch("http://127.0.0.1:8080/")
    assert no_packets == []


def test_follows_redirects_and_says_where_it_ended(host: str) -> None:
    response = fetch(f"http://{host}/moved")
    assert (response.status, response.url) == (200, f"http://{host}/page?moved=1")


@pytest.mark.parametrize("path", ["inside", "file"])
def test_judges_every_redirect_again(host: str, path: str) -> None:
    with pytest.raises(OutboundRefused):
        fetch(f"http://{host}/{path}")


@pytest.mark.parametrize(
    ("path", "code"), [("again", "too_many_redirects"), ("large", "too_large"), ("bomb", "too_large")]
)
def test_keeps_to_its_caps(host: str, path: str, code: str) -> None:
    with pytest.raises(OutboundFailed) as caught:
        fetch(f"http://{host}/{path}")
    assert caught.value.code == code


def test_unpacks_what_is_packed(host: str) -> None:
    assert fetch(f"http://{host}/packed").body == b"Hello"


def test_a_slow_drip_ends_in_time(host: str) -> None:
    with pytest.raises(OutboundFailed) as caught:
        fetch(f"http://{host}/drip", timeout_seconds=0.4)
    assert caught.value.code == "timeout"


def test_no_proxy_of_the_environment_is_used(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(f"http://{host}/page").status == 200


async def test_a_listed_origin_is_open_to_the_async_client(host: str) -> None:
    import aiohttp

    def ask() -> Any:
        return aiohttp.ClientSession(connector=guarded_connector(f"http://{host}/v1"))

    async with ask() as session, session.get(f"http://{host}/page") as response:
        assert response.status == 200
    await asyncio.sleep(0)

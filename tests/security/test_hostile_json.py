"""The doors that take JSON from anybody: the session and launcher addresses, and both sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client

from accounts.models import Customer, User
from chatbots.models import Chatbot
from conversations.models import Message
from tests.conversations.conftest import ORIGIN, published_bot
from tests.conversations.test_dashboard_socket import Dashboard, sign_in
from tests.fixtures.hostile_texts import BREAKING, HOSTILE_TEXTS, NAUGHTY
from tests.live_server import WidgetClient

__all__ = ["published_bot"]

DEEP = "[" * 200_000
LARGE = 5 * 1024 * 1024
ORIGINS = [
    "", "null", "https://", "https://[::1", "https://shop.example.com:99999", "https://shop.example.com:x", "file://",
    "\x00", "https://shop.example.com@evil.example", "https://shop.example.com/", "https://SHOP.example.com.",
    "https://" + "a" * 5_000, "https://xn--a", "javascript:alert(1)",
]  # fmt: skip


def bodies() -> Iterator[bytes]:
    yield from (
        b"",
        b"null",
        b"[]",
        b"{}",
        b"7",
        b'"x"',
        b"NaN",
        b"{",
        b"\xff\xfe",
        b"\x00",
        b'{"locale":"\\ud800"}',
    )
    yield from (
        DEEP.encode(),
        b'{"a":' * 200_000,
        b'{"visitor_key":' + DEEP.encode(),
        b"x" * LARGE,
        b'"' + b"x" * LARGE,
    )
    yield b'{"locale":"en","locale":7,"locale":"de"}'
    yield b'{"__proto__":{"x":1},"constructor":null,"locale":"de"}'
    values: tuple[Any, ...] = (
        None,
        True,
        -1,
        1e308,
        10**400,
        [],
        {},
        "vk_" + "é" * 43,
        "vk_" + "\x00" * 43,
        *NAUGHTY[:30],
    )
    for value in values:
        page = {"url": value, "title": value}
        yield json.dumps({"visitor_key": value, "locale": value, "page": page}).encode()
        yield json.dumps({"visitor_key": None, "locale": "de", "page": value}).encode()


def test_no_body_breaks_the_session_address(published_bot: Chatbot, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    address = f"/widget/{published_bot.public_id}/session"
    for body in bodies():
        cache.clear()
        answer = client.post(address, body, content_type="application/json", headers={"origin": ORIGIN})
        assert answer.status_code in {200, 400, 413}, f"{answer.status_code} {body[:100]!r}"
    for kind in (
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json; charset=x",
    ):
        cache.clear()
        answer = client.generic("POST", address, b"{}", content_type=kind, headers={"origin": ORIGIN})
        assert answer.status_code < 500, kind


@pytest.mark.parametrize("path", ["session", "launcher", "avatar"])
def test_no_origin_or_method_breaks_a_public_address(published_bot: Chatbot, path: str) -> None:
    client = Client(raise_request_exception=False)
    address = f"/widget/{published_bot.public_id}/{path}"
    for origin in ORIGINS:
        for method in ("GET", "POST", "OPTIONS", "PUT", "HEAD", "DELETE", "PURGE"):
            cache.clear()
            answer = client.generic(
                method, address, b"{}", content_type="application/json", headers={"origin": origin}
            )
            assert answer.status_code < 500, f"{method} {origin!r}"
            assert answer.get("Access-Control-Allow-Origin") != "*"
            if not origin.lower().startswith("https://shop.example.com"):
                assert "Access-Control-Allow-Origin" not in answer, f"{method} {origin!r}"


def frames() -> Iterator[str]:
    """What is no frame of a visitor; each is answered, and the socket goes on."""
    yield from (
        "",
        " ",
        "null",
        "7",
        "NaN",
        '"x"',
        "{",
        "[" * 16_000,
        '{"type":' * 3_000,
        "\x00",
        '{"type":null}',
        '{"type":["send"]}',
    )
    yield '{"type":"ping","type":"delete"}'
    yield '{"type":"send","client_id":"a","client_id":2,"text":"x"}'
    wrong: tuple[Any, ...] = (None, True, -1, 1e308, 10**400, [], {}, [[]])
    for value in wrong:
        yield json.dumps({"type": "send", "client_id": value, "text": "x"})
        yield json.dumps({"type": "send", "client_id": "a", "text": value})
        yield json.dumps({"type": "hello", "token": value})
        yield json.dumps({"type": "hello", "token": "x", "cursor": value or 7})
        yield json.dumps({"type": "feedback", "message": value, "value": 1})
        yield json.dumps({"type": value})
    numbers: tuple[Any, ...] = (2, -2, 10**9, 2**31, 2**63, 10**30, 0.5, "1", None)
    yield from (json.dumps({"type": "feedback", "message": "msg_x", "value": number}) for number in numbers)
    for hostile in [*NAUGHTY, *BREAKING]:
        yield json.dumps({"type": "feedback", "message": hostile, "value": 1})[:16_000]
        yield json.dumps({"type": hostile})[:16_000]


async def answered(socket: Any) -> list[dict[str, Any]]:
    """What came before the answer to a ping."""
    await socket.send_str('{"type":"ping"}')
    heard: list[dict[str, Any]] = []
    while True:
        message = await socket.receive(timeout=20)
        assert message.type is aiohttp.WSMsgType.TEXT, f"closed with {socket.close_code}"
        heard.append(message.json())
        if heard[-1]["type"] == "pong":
            return heard[:-1]


@pytest.mark.django_db(transaction=True)
async def test_no_frame_breaks_a_visitors_socket(live_address: str, published_bot: Chatbot) -> None:
    async with WidgetClient(live_address, published_bot.public_id, ORIGIN) as client:
        await client.begin_session()
        await client.open_socket()
        for cursor in (
            {"sequence": 10**18, "revision": -(10**18)},
            {"sequence": -1, "revision": 2**63 - 1},
            {},
        ):
            await client.hello(**cursor)
        for frame in frames():
            if '"hello"' in frame:
                continue
            await client.socket.send_str(frame)
            heard = await answered(client.socket)
            assert [each["type"] for each in heard] in (["error"], ["error", "pong"], []), (
                f"{frame[:100]}: {heard}"
            )
        await client.socket.send_bytes(b"\x00\xff" * 100)
        assert (await answered(client.socket))[0]["code"] == "invalid_frame"
    assert await sync_to_async(Message.objects.count)() == 0


@pytest.mark.django_db(transaction=True)
async def test_no_first_frame_breaks_a_visitors_socket(live_address: str, published_bot: Chatbot) -> None:
    async with WidgetClient(live_address, published_bot.public_id, ORIGIN) as client:
        await client.begin_session()
        for frame in [frame for frame in frames() if '"hello"' in frame]:
            await client.open_socket()
            await client.socket.send_str(frame)
            assert (await client.hear())["type"] in {"error", "bye"}, frame
            await client.socket.close()
        for frame in (DEEP, "x" * LARGE):
            await client.open_socket()
            await client.socket.send_str(frame)
            assert (await client.hear())["type"] in {"error", "closed"}
            await client.socket.close()
        await client.open_socket()
        await client.hello()


@pytest.mark.django_db(transaction=True)
async def test_what_a_visitor_writes_is_stored_as_written(
    live_address: str, published_bot: Chatbot, settings: Any
) -> None:
    settings.WIDGET_MESSAGES_PER_MINUTE = settings.WIDGET_MESSAGES_PER_MINUTE_PER_BOT = 1_000
    texts = ["\n".join(HOSTILE_TEXTS[start::14])[:4_000].strip() for start in range(14)]
    async with WidgetClient(live_address, published_bot.public_id, ORIGIN) as client:
        await client.begin_session(
            page={"url": texts[0][:500], "title": texts[1][:500]}, locale=texts[2][:40]
        )
        await client.open_socket()
        await client.hello()
        await client.say({"type": "ask_person"})  # so that no answer is made of them
        for number, text in enumerate(texts):
            await client.say({"type": "send", "client_id": f"{number}{text[:20]}", "text": text})
            await client.until("ack")
    stored = await sync_to_async(
        lambda: list(
            Message.objects.filter(role="USER").order_by("sequence").values_list("content", flat=True)
        )
    )()
    assert stored == texts


@pytest.mark.django_db(transaction=True)
async def test_no_frame_breaks_a_members_socket(live_address: str, owner: User, customer: Customer) -> None:
    async with Dashboard(live_address, await sync_to_async(sign_in)(owner)) as tab:
        for frame in frames():
            await tab.socket.send_str(frame)
            assert [each["type"] for each in await answered(tab.socket)] in (
                ["error"],
                ["error", "pong"],
                [],
            ), frame[:100]
        for hostile in [*NAUGHTY, *BREAKING]:
            await tab.socket.send_str(json.dumps({"type": "watch", "conversation": hostile}))
            assert [each["type"] for each in await answered(tab.socket)] == ["error"], ascii(hostile)[:100]


@pytest.mark.django_db(transaction=True)
async def test_no_body_breaks_a_form_over_the_real_server(
    live_address: str, owner: User, customer: Customer
) -> None:
    """Bodies that no browser sends, past everything that the test client does for us."""
    cookie = await sync_to_async(sign_in)(owner)
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "")
    sent = (
        b"",
        b"%",
        b"\xff" * 1_000,
        b"&" * 5_000,
        b"--x\r\nContent-Disposition: form-data; name=",
        b"x=" + b"y" * LARGE,
    )
    async with aiohttp.ClientSession(headers={"Cookie": cookie}) as http:
        for path in ("/app/bots/new/", "/app/settings/", "/accounts/login/", "/app/knowledge/add/files/"):
            for kind in kinds:
                for body in sent:
                    async with http.post(
                        f"http://{live_address}{path}", data=body, headers={"Content-Type": kind}
                    ) as answer:
                        assert answer.status < 500, f"{path} {kind} {body[:40]!r}"

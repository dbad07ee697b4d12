"""The real ASGI application on a real socket, in a thread of the test's process, on the test's database."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import uvicorn
from channels.layers import channel_layers

START_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Serve config.asgi on 127.0.0.1:port until the block ends; gives `host:port`."""
    from config.asgi import application

    channel_layers.backends.clear()  # a layer belongs to the loop that receives from it
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ready = threading.Event()
    waiter = threading.Thread(target=_wait_until_started, args=(server, ready), daemon=True)
    waiter.start()
    assert ready.wait(START_SECONDS), "the server did not start"
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


def _wait_until_started(server: uvicorn.Server, ready: threading.Event) -> None:
    while not server.started:
        threading.Event().wait(0.01)
    ready.set()


class WidgetClient:
    """A visitor's browser, as far as the wire goes."""

    def __init__(self, address: str, bot: str, origin: str) -> None:
        self.address, self.bot, self.origin = address, bot, origin
        self.frames: list[dict[str, Any]] = []

    async def __aenter__(self) -> "WidgetClient":
        self.http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def begin_session(self, **body: Any) -> dict[str, Any]:
        url = f"http://{self.address}/widget/{self.bot}/session"
        # Like a browser, which opens a connection of its own for a socket: on a reused one the server's
        # keep-alive timer of the request before would close the socket after five seconds.
        headers = {"Origin": self.origin, "Connection": "close"}
        async with self.http.post(url, json=body, headers=headers) as response:
            self.status = response.status
            content: dict[str, Any] = await response.json()
        self.token = content.get("token", "")
        self.visitor_key = content.get("visitor_key")
        return content

    async def open_socket(self, **headers: str) -> None:
        url = f"ws://{self.address}/ws/widget/{self.bot}/"
        self.socket = await self.http.ws_connect(url, headers={"Origin": self.origin, **headers})

    async def hello(self, **cursor: int) -> dict[str, Any]:
        await self.say({"type": "hello", "token": self.token, "cursor": cursor})
        return await self.until("welcome")

    async def say(self, frame: dict[str, Any]) -> None:
        await self.socket.send_json(frame)

    async def hear(self, timeout_seconds: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(timeout_seconds):
            message = await self.socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            return {"type": "closed", "code": self.socket.close_code}
        frame: dict[str, Any] = message.json()
        self.frames.append(frame)
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; those before it stay in `frames`."""
        while True:
            frame = await self.hear()
            if frame["type"] == kind:
                return frame
            assert frame["type"] != "closed", self.frames

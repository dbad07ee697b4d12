"""A scripted server for the widget: the HTTP endpoints and the socket, and a host page on a second origin.

Used by the browser tests; it keeps rows as the real one does, so that a client that comes back gets what it missed.
"""

import asyncio
import itertools
import threading
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

DIST = Path(__file__).resolve().parents[2] / "static" / "dist" / "widget"
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Content-Type"}
Row = dict[str, Any]


@dataclass
class Answer:
    """What the bot says to one question, and how it goes wrong on the way."""

    text: str
    citations: list[Row] = field(default_factory=list)
    refused: bool = False
    piece: int = 7
    cut_after: tuple[int, ...] = ()
    hold_after: int | None = None
    hold_before: bool = False


DEFAULT_WIDGET: dict[str, Any] = {
    "title": "Harbour Bikes",
    "subtitle": "Answers from our pages",
    "avatar_url": None,
    "color": "#0d6159",
    "theme": "auto",
    "position": "end",
    "greeting": "Good morning. I answer from our own pages and show where each answer comes from.",
    "suggested_questions": [
        "Can I take the bike on the ferry?",
        "What does a week cost?",
        "I have a flat tyre. What now?",
    ],
    "show_sources": True,
    "person_offered": True,
    "locale": "en",
    "direction": "ltr",
    "texts": {},
}
DEFAULT_LAUNCHER: dict[str, Any] = {
    "color": "#0d6159",
    "position": "end",
    "theme": "auto",
    "label": "Open chat",
    "teaser": "",
    "locale": "en",
}


class FakeServer:
    """Runs in its own thread; tests set its script before they open the page."""

    def __init__(self) -> None:
        self.widget = dict(DEFAULT_WIDGET)
        self.launcher = dict(DEFAULT_LAUNCHER)
        self.launcher_status = 200
        self.answers: dict[str, Answer] = {}
        self.fallback = Answer("I only know what is written.")
        self.refuse_sends: list[dict[str, Any]] = []
        self.drop_sends = 0
        self.answering = "bot"
        self.expires_in = 900
        self.rows: list[Row] = []
        self.received: list[Row] = []
        self.sessions: list[Row] = []
        self.requests: list[str] = []
        self.refuse_sockets = False
        self.sockets: set[web.WebSocketResponse] = set()
        self.running: Row | None = None
        self.phase = ""
        self.held = asyncio.Event()
        self._arrivals: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._revision = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._runners: list[web.AppRunner] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # Life

    def start(self, *, host_port: int = 0, page_port: int = 0) -> None:
        self._thread.start()
        self.call(self._serve(host_port, page_port))

    def stop(self) -> None:
        self.call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self, host_port: int, page_port: int) -> None:
        host = web.Application()
        host.router.add_get("/widget.js", self._loader)
        host.router.add_static("/static/dist/widget", DIST)
        host.router.add_get("/widget/{bot}/launcher", self._launcher)
        host.router.add_route("*", "/widget/{bot}/session", self._session)
        host.router.add_get("/ws/widget/{bot}/", self._socket)
        host.middlewares.append(self._noted)
        self.host = await self._listen(host, host_port)
        page = web.Application()
        page.router.add_get("/", self._page)
        self.page = await self._listen(page, page_port)

    async def _listen(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self._runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _close(self) -> None:
        self.held.set()
        for task in self._tasks:
            task.cancel()
        await self.cut()
        for runner in self._runners:
            await runner.cleanup()

    @property
    def _noted(self) -> Any:
        @web.middleware
        async def note(request: web.Request, handler: Any) -> web.StreamResponse:
            self.requests.append(request.path)
            response: web.StreamResponse = await handler(request)
            if not response.prepared:
                response.headers.update(CORS | {"Cross-Origin-Resource-Policy": "cross-origin"})
            return response

        return note

    # HTTP

    async def _loader(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(DIST / "loader.js")

    async def _launcher(self, request: web.Request) -> web.Response:
        if self.launcher_status != 200:
            refusal = {"error": {"code": "origin_refused", "message": "No."}}
            return web.json_response(refusal, status=self.launcher_status)
        return web.json_response(self.launcher)

    async def _session(self, request: web.Request) -> web.Response:
        if request.method == "OPTIONS":
            return web.Response()
        self.sessions.append(await request.json())
        socket = self.host.replace("http", "ws") + f"/ws/widget/{request.match_info['bot']}/"
        token = f"token-{len(self.sessions)}"
        return web.json_response(
            {
                "token": token,
                "expires_in": self.expires_in,
                "visitor_key": "vk_1",
                "socket": socket,
                "widget": self.widget,
            }
        )

    async def _page(self, request: web.Request) -> web.Response:
        policy = (
            f"default-src 'none'; script-src {self.host}; connect-src {self.host} {self.host.replace('http', 'ws')};"
            " style-src 'none'; base-uri 'none'; form-action 'none'; report-uri /csp"
        )
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour Bikes</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<script async src="{self.host}/widget.js" data-bot="bot_abc123"></script></head>'
            "<body><main><h1>A good bike, ready when the ferry lands.</h1>"
            '<p><a href="#hire">Hire</a></p></main></body></html>'
            "</main></body></html>"
        )
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=html, content_type="text/html", headers=headers)

    # Socket

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_sockets:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            if frame.type != WSMsgType.TEXT:
                break
            await self._receive(socket, frame.json())
        self.sockets.discard(socket)
        return socket

    async def _receive(self, socket: web.WebSocketResponse, frame: Row) -> None:
        self.received.append(frame)
        handlers = {
            "hello": self._hello,
            "send": self._send,
            "feedback": self._feedback,
            "ask_person": self._ask_person,
            "stop": self._stop,
            "ping": self._pong,
        }
        await handlers[frame["type"]](socket, frame)
        self._arrivals[frame["type"]].set()

    async def _hello(self, socket: web.WebSocketResponse, frame: Row) -> None:
        cursor = frame["cursor"]
        missed = [
            row
            for row in self.rows
            if row["sequence"] > cursor["sequence"] or row["revision"] > cursor["revision"]
        ]
        running = self.running and {"message": self.running["id"], "text": self.running["text"]}
        newest = {
            "sequence": len(self.rows),
            "revision": max((row["revision"] for row in self.rows), default=0),
        }
        stored = [row | {"text": ""} if row is self.running else row for row in missed]
        await socket.send_json(
            {
                "type": "welcome",
                "conversation": "conv_1" if self.rows else None,
                "cursor": newest,
                "messages": stored[-50:],
                "answering": self.answering,
                "running": running,
            }
        )
        self.sockets.add(socket)

    async def _send(self, socket: web.WebSocketResponse, frame: Row) -> None:
        if self.refuse_sends:
            await socket.send_json(
                {"type": "error", "client_id": frame["client_id"]} | self.refuse_sends.pop(0)
            )
            return
        known = next((row for row in self.rows if row["client_id"] == frame["client_id"]), None)
        row = known or self.add(
            role="USER", author="visitor", text=frame["text"], client_id=frame["client_id"]
        )
        if self.drop_sends:
            self.drop_sends -= 1
            await self.cut()
        elif not socket.closed:
            keys = ("client_id", "sequence", "created_at")
            await socket.send_json({"type": "ack", "message": row["id"]} | {key: row[key] for key in keys})
        if not known and self.answering == "bot":
            self._spawn(self._answer(self.answers.get(frame["text"], self.fallback)))

    async def _answer(self, answer: Answer) -> None:
        row = self.add(role="ASSISTANT", author="bot", author_name=self.widget["title"], state="running")
        self.running = row
        await self.tell({"type": "message", "message": row})
        await self.tell({"type": "phase", "message": row["id"], "phase": "searching"})
        if answer.hold_before:
            await self.held.wait()
        await self.tell({"type": "phase", "message": row["id"], "phase": "answering"})
        for number, start in enumerate(range(0, len(answer.text), answer.piece)):
            if number in answer.cut_after:
                await self.cut()
            if number == answer.hold_after:
                await self.held.wait()
            if row["state"] != "running":
                return
            piece = answer.text[start : start + answer.piece]
            row["text"] += piece
            await self.tell({"type": "delta", "message": row["id"], "offset": start, "text": piece})
            await asyncio.sleep(0.004)
        await self._finish(row, citations=answer.citations, refused=answer.refused, state="complete")

    async def _finish(self, row: Row, **changes: Any) -> None:
        row |= changes | {"revision": next(self._revision)}
        self.running = None
        await self.tell({"type": "done", "message": row})

    async def _feedback(self, socket: web.WebSocketResponse, frame: Row) -> None:
        row = next(row for row in self.rows if row["id"] == frame["message"])
        row |= {"feedback": frame["value"], "revision": next(self._revision)}
        await self.tell({"type": "message", "message": row})

    async def _ask_person(self, socket: web.WebSocketResponse, frame: Row) -> None:
        self.answering = "waiting"
        await self.tell({"type": "answering", "by": "waiting"})

    async def _stop(self, socket: web.WebSocketResponse, frame: Row) -> None:
        if self.running:
            await self._finish(self.running, state="stopped")

    async def _pong(self, socket: web.WebSocketResponse, frame: Row) -> None:
        await socket.send_json({"type": "pong"})

    # What tests ask for

    def add(self, **values: Any) -> Row:
        number = len(self.rows) + 1
        row = {
            "id": f"msg_{number}",
            "client_id": None,
            "sequence": number,
            "revision": next(self._revision),
            "role": "ASSISTANT",
            "author": "bot",
            "author_name": "",
            "text": "",
            "state": "complete",
            "refused": False,
            "created_at": f"2026-11-24T10:{number % 60:02}:00Z",
            "feedback": 0,
            "citations": [],
        } | values
        self.rows.append(row)
        return row

    async def tell(self, frame: Row) -> None:
        for socket in list(self.sockets):
            if not socket.closed:
                await socket.send_json(frame)

    async def cut(self) -> None:
        """Drops every socket without a word, as a broken network does."""
        for socket in list(self.sockets):
            self.sockets.discard(socket)
            transport = socket._req.transport if socket._req else None
            if transport:
                transport.abort()

    async def release(self) -> None:
        self.held.set()

    async def say(self, **values: Any) -> None:
        await self.tell({"type": "message", "message": self.add(**values)})

    async def hand_over(self, name: str, words: str) -> None:
        self.answering = "person"
        await self.tell({"type": "answering", "by": "person"})
        await self.say(role="SYSTEM", author="system", text=f"{name} joined")
        await self.say(author="agent", author_name=name, text=words)

    async def heard(self, kind: str) -> None:
        """Returns when a frame of this kind has been dealt with."""
        await asyncio.wait_for(self._arrivals[kind].wait(), 5)

    def frames(self, kind: str) -> list[Row]:
        return [frame for frame in self.received if frame["type"] == kind]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

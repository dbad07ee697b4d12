"""The embedded product: web, live chat, worker, beat and the demo host page in one process.

Called by `manage.py serve_embedded`. One process only: the in-memory broker and channel layer end at its border.
"""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from django.conf import settings
from django.template.loader import render_to_string

from config.celery import app as celery_app
from config.demo import SHOP_BOT_ID

STOP_SECONDS = 10
DEMO_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src {0}; connect-src {0} {1}"
)
DEMO_FOLDER = "demo_host"


class PortTakenError(Exception):
    """Something else listens where the product should."""


def listen(port: int) -> socket.socket:
    """A bound socket on loopback; PortTakenError says what to do when it is not free."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError as error:
        bound.close()
        raise PortTakenError(
            f"Port {port} is in use. Stop what listens there, or choose others: make run PORT=8100 DEMO_PORT=8101"
        ) from error
    return bound


def serve(sockets: list[socket.socket], announce: Callable[[], None]) -> None:
    """Run everything on the product's socket and the demo's until SIGINT or SIGTERM; `announce` once they answer."""
    _start_worker()
    _start_beat()
    asyncio.run(_serve(sockets, announce))


async def _serve(sockets: list[socket.socket], announce: Callable[[], None]) -> None:
    product = _Server(uvicorn.Config("config.asgi:application", **_options()))
    demo = _Server(uvicorn.Config(demo_host, lifespan="off", **_options()))
    serving = [
        asyncio.create_task(product.serve(sockets=[sockets[0]])),
        asyncio.create_task(demo.serve(sockets=[sockets[1]])),
    ]
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await product.is_up.wait()
    announce()
    await ended.wait()
    product.should_exit = demo.should_exit = True
    await asyncio.gather(*serving)


def _options() -> dict[str, Any]:
    return {
        "ws": "websockets-sansio",
        "ws_per_message_deflate": False,
        "ws_max_size": 65_536,
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": STOP_SECONDS,
        "server_header": False,
    }


class _Server(uvicorn.Server):
    """A server that says when it is up and leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.is_up.set()


def _start_worker() -> None:
    """Celery's worker on threads of this process; queued wake-ups die with it, sweeps find their rows."""
    worker = WorkController(
        app=celery_app, pool_cls="threads", concurrency=4, loglevel="WARNING", without_gossip=True,
        without_mingle=True, without_heartbeat=True,
    )  # fmt: skip
    _start("worker", worker.start)


def _start_beat() -> None:
    _start("beat", Service(app=celery_app, scheduler_cls=Scheduler).start)


def _start(name: str, run: Callable[[], None]) -> None:
    threading.Thread(target=run, name=name, daemon=True).start()


Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


async def demo_host(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A shop's page on another origin that carries the demo bot's widget, under a strict policy of its own."""
    found = _demo_file(scope.get("path", "/"))
    status, kind, body = found or (404, "text/plain; charset=utf-8", b"There is no such page.")
    product = settings.SITE_URL
    policy = DEMO_POLICY.format(product, product.replace("http", "ws", 1))
    headers = [
        ("content-type", kind),
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
    ]
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _demo_file(path: str) -> tuple[int, str, bytes] | None:
    if path == "/":
        context = {"bot": SHOP_BOT_ID, "widget_src": f"{settings.SITE_URL}/widget.js"}
        page = render_to_string(f"{DEMO_FOLDER}/index.html", context)
        return 200, "text/html; charset=utf-8", page.encode()
    if path == "/shop.css":
        style = Path(settings.BASE_DIR) / "templates" / DEMO_FOLDER / "shop.css"
        return 200, "text/css; charset=utf-8", style.read_bytes()
    return None

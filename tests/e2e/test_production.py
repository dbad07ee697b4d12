"""The Procfile's processes on private MariaDB and Redis: they become ready, walk the main road, stop in order."""

import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import Browser

from tests import processes
from tests.e2e import road
from tests.e2e.host_page import hosting
from tests.e2e.road import Hands, Wire
from tests.e2e.watching import Watcher
from tests.services import stop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.production,
]
READY_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class Production:
    environment: dict[str, str]
    processes: dict[str, Popen[bytes]]

    @property
    def url(self) -> str:
        return self.environment["SITE_URL"]

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    folder: Path = tmp_path_factory.mktemp("production")
    environment = processes.production_environment(folder)
    with processes.running(environment, folder) as started:
        yield Production(environment, started)


def readiness(address: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as response:
            body = response.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    parts: dict[str, str] = json.loads(body)
    return parts


def test_every_process_becomes_ready(production: Production) -> None:
    """Also the worker, whose heartbeat comes through beat, Redis and the queue."""
    expected = {"status": "ok", "database": "ok", "redis": "ok", "worker": "ok"}
    for address in (production.web_url, production.url):
        deadline = time.monotonic() + READY_SECONDS
        while readiness(address) != expected and time.monotonic() < deadline:
            time.sleep(0.2)
        assert readiness(address) == expected
    assert {name: process.poll() for name, process in production.processes.items()} == {
        "web": None,
        "live": None,
        "worker": None,
        "beat": None,
    }


def test_the_main_road(production: Production, browser: Browser) -> None:
    """Sign up, make a bot, embed it on another origin, give it knowledge, ask, read a streamed answer.

    The live process serves all of it, so that the dashboard's socket is of the page's own origin; the knowledge is
    read by the worker, and what the dashboard shows live comes over Redis.
    """
    hands, wire = Hands(), Wire()
    with hosting(production.url) as host, browser.new_context() as owner, browser.new_context() as visitors:
        watcher = Watcher([production.url, host.url])
        owner.grant_permissions(["clipboard-read", "clipboard-write"], origin=production.url)
        for context in (owner, visitors):
            context.on("page", watcher.watch)
        page, visitor = owner.new_page(), visitors.new_page()
        visitor.on("websocket", wire.listen)

        road.sign_up(page, hands, production.url)
        road.make_bot(page, hands)
        road.embed(page, hands, host)
        visitor.goto(host.url)
        road.add_text(page, hands)
        road.watch_conversations(page, hands)
        road.ask(visitor, hands)
        road.expect_streamed_answer(visitor, wire)
        road.expect_live_conversation(page)
        assert hands.presses <= road.MOST_PRESSES
        watcher.assert_clean()


def test_every_process_stops_when_told(production: Production) -> None:
    """The last test of the module: afterwards nothing runs."""
    started = time.monotonic()
    for process in production.processes.values():
        stop(process)
    assert time.monotonic() - started < STOP_SECONDS
    codes = {name: process.returncode for name, process in production.processes.items()}
    # uvicorn shuts down in order, then ends by the signal that it was given.
    assert codes == {"web": 0, "live": -signal.SIGTERM, "worker": 0, "beat": 0}

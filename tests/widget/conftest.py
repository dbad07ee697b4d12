"""The built widget, a scripted server, and a browser that is closed with the module."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.widget.fake_server import DIST, FakeServer

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TEXTS = json.loads((ROOT / "static/widget/texts.json").read_text())

DESK = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}

OpenPage = Callable[..., Page]


def build() -> None:
    if not (DIST / "loader.js").exists():
        subprocess.run([shutil.which("npm") or "npm", "run", "-s", "build"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def dist() -> Path:
    build()
    return DIST


@pytest.fixture(scope="module")
def browser(dist: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(dist: Path) -> Iterator[FakeServer]:
    server = FakeServer()
    server.widget["texts"] = TEXTS
    server.start()
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, server: FakeServer) -> Iterator[OpenPage]:
    """Opens the host page; afterwards no error, no foreign request and no breach of its policy is forgiven."""
    contexts = []
    wrong: list[str] = []

    def judge(address: str) -> None:
        if not address.startswith((server.host, server.page, "blob:", "data:")):
            wrong.append(f"request to {address}")

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**(DESK | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: judge(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.goto(server.page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong

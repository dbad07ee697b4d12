"""The whole product in a process of its own, on an empty database, and a real browser in front of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.live_server import free_port
from tests.waiting import wait_for_address

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSER_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Product:
    """A running product: its address, the demo host page's, and the environment of its commands."""

    url: str
    demo_url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command on the same database; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout


def embedded_environment(folder: Path) -> dict[str, str]:
    """The embedded default on free ports and a database in `folder`."""
    port, demo_port = free_port(), free_port()
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return kept | {
        "APP_MODE": "embedded",
        "DATABASE_URL": f"sqlite:///{folder / 'product.sqlite3'}",
        "REDIS_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
        "PORT": str(port),
        "DEMO_PORT": str(demo_port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DEMO_PASSWORD": "demo-password-of-the-tests",
        "LOG_LEVEL": "WARNING",
    }


def start(environment: dict[str, str], log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The embedded product, up as soon as its address answers."""
    command = [sys.executable, "manage.py", "serve_embedded", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    wait_for_address(f"{environment['SITE_URL']}/healthz", process, log)
    return process


def running(folder: Path, *arguments: str) -> Iterator[Product]:
    environment = embedded_environment(folder)
    process = start(environment, folder / "product.log", *arguments)
    try:
        yield Product(environment["SITE_URL"], f"http://127.0.0.1:{environment['DEMO_PORT']}", environment)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


@pytest.fixture
def empty_product(tmp_path: Path) -> Iterator[Product]:
    """The product as it is before anybody signed up."""
    yield from running(tmp_path, "--no-demo")


@pytest.fixture(scope="session")
def demo_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its demo, shared by the tests that only look."""
    yield from running(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed with this folder: another folder's browser cannot start in the same process before."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()

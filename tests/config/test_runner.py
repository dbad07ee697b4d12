"""The embedded runner as a person starts it: what it prints, what it serves, how it ends, and what stops it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.services import free_port
from tests.waiting import wait_for_address

pytestmark = pytest.mark.process

STOP_SECONDS = 15


def variables(folder: Path) -> dict[str, str]:
    port, demo_port = free_port(), free_port()
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'embedded.sqlite3'}",
        "REDIS_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
        "PORT": str(port),
        "DEMO_PORT": str(demo_port),
        "SITE_URL": f"http://127.0.0.1:{port}",
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-u", "manage.py", "serve_embedded", *arguments]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    return variables(folder)


@pytest.fixture(scope="module")
def process(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "log"
    with log.open("wb") as output:
        started = subprocess.Popen(
            command("--no-demo"), cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
        )
    wait_for_address(f"{environment['SITE_URL']}/healthz", started, log)
    yield started
    started.kill()
    started.wait()


def test_prints_the_address_once_it_answers(
    process: subprocess.Popen[bytes], folder: Path, environment: dict[str, str]
) -> None:
    addresses = re.findall(r"http://127\.0\.0\.1:\d+", (folder / "log").read_text())
    assert addresses[0] == environment["SITE_URL"]


def test_the_demo_page_stands_on_its_own_origin_under_a_strict_policy(
    process: subprocess.Popen[bytes], environment: dict[str, str]
) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['DEMO_PORT']}/", timeout=10) as response:
        page, policy = response.read().decode(), response.headers["Content-Security-Policy"]
    assert f'src="{environment["SITE_URL"]}/widget.js"' in page
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "style=" not in page


def test_says_what_to_do_when_a_port_is_taken(tmp_path: Path) -> None:
    taken = variables(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(taken["DEMO_PORT"])))
        other.listen()
        result = subprocess.run(
            command(), cwd=settings.BASE_DIR, env=taken, capture_output=True, text=True, check=False
        )
    assert result.returncode == 1
    assert f"Port {taken['DEMO_PORT']} is in use" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Making the database" not in result.stdout


def test_does_not_pretend_to_be_production(tmp_path: Path) -> None:
    result = subprocess.run(
        command("--skip-checks"),
        cwd=settings.BASE_DIR,
        env=variables(tmp_path) | {"APP_MODE": "production", "SECRET_KEY": "k" * 64},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, "Procfile" in result.stderr) == (1, True)


def test_stops_in_order_within_seconds(process: subprocess.Popen[bytes], folder: Path) -> None:
    """The last test of the module: the process is gone afterwards."""
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - started < STOP_SECONDS
    assert "Traceback" not in (folder / "log").read_text()

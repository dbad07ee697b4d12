"""The processes that the Procfile names, as production starts them, on whatever servers the environment points to.

`python -m tests.services -- python -m tests.processes` starts them on private servers until it is interrupted.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services import free_port, stop
from tests.waiting import wait_for_address

ROOT = Path(__file__).resolve().parent.parent


def commands() -> dict[str, str]:
    """Name and command of every line of the Procfile."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def production_environment(folder: Path) -> dict[str, str]:
    """A complete production on free loopback ports; database and Redis are the caller's."""
    live = free_port()
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "APP_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SITE_URL": f"http://localhost:{live}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": "consolemail://",
        "ACCOUNT_EMAIL_VERIFICATION": "optional",
        "LISTEN_HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "LIVE_PORT": str(live),
        "MEDIA_ROOT": str(folder / "media"),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running(environment: dict[str, str], folder: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run the release command, then every process until the block ends; each writes a log into the folder."""
    lines = commands()
    _shell(lines.pop("release"), environment, folder / "release.log").wait()
    with ExitStack() as stack:
        processes = {}
        for name, command in lines.items():
            processes[name] = _shell(f"exec {command}", environment, folder / f"{name}.log")
            stack.callback(stop, processes[name])
        for name, port in (("web", "PORT"), ("live", "LIVE_PORT")):
            address = f"http://127.0.0.1:{environment[port]}/healthz"
            wait_for_address(address, processes[name], folder / f"{name}.log")
        yield processes


def _shell(command: str, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        environment = production_environment(Path(name))
        with running(environment, Path(name)):
            print(f"{environment['SITE_URL']} (live, all addresses)", flush=True)  # noqa: T201 (for a person)
            print(f"http://127.0.0.1:{environment['PORT']} (web)", flush=True)  # noqa: T201 (for a person)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()

"""Private database and Redis servers on free ports, for the suite and the production-like run.

`python -m tests.services -- COMMAND` runs COMMAND with DATABASE_URL and REDIS_URL of fresh servers, then stops them.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".local" / "servers"
START_SECONDS = 60
STOP_SECONDS = 20

MARIADB_SETTINGS = """\
[mysqld]
datadir={folder}/data
socket={folder}/mariadb.sock
pid-file={folder}/mariadb.pid
log-error={folder}/mariadb.log
bind-address=127.0.0.1
port={port}
character-set-server=utf8mb4
collation-server=utf8mb4_unicode_ci
transaction-isolation=READ-COMMITTED
innodb_ft_min_token_size=2
innodb_flush_log_at_trx_commit=2
innodb_buffer_pool_size=256M
max_connections=400
skip-name-resolve
skip-log-bin
"""


class ServerError(Exception):
    """A private server that cannot be started, and why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(*names: str) -> str:
    """The path of the first of these programs that is installed, also where servers live (/usr/sbin)."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise ServerError(f"{names[0]} is not installed: run `make test` as root once, or install it.")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Run a server until the block ends; it is up when its port answers."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(process, port, log)
        yield
    finally:
        stop(process)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise ServerError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def as_root() -> list[str]:
    """MariaDB refuses to run as root unless told so."""
    return ["--user=root"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """A MariaDB of its own with an empty data folder; gives its DATABASE_URL."""
    port = free_port()
    settings = folder / "my.cnf"
    settings.write_text(MARIADB_SETTINGS.format(folder=folder, port=port))
    _install_data(folder)
    server = [program("mariadbd", "mysqld"), f"--defaults-file={settings}", *as_root()]
    with running(server, port, folder / "mariadb.log"):
        client = [program("mariadb", "mysql"), "--no-defaults", "-uroot", f"-S{folder}/mariadb.sock"]
        _create_database(client)
        yield f"mysql://chat:private@127.0.0.1:{port}/chat"


def _install_data(folder: Path) -> None:
    subprocess.run(
        [
            program("mariadb-install-db", "mysql_install_db"),
            "--no-defaults",
            *as_root(),
            f"--datadir={folder}/data",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _create_database(client: Sequence[str]) -> None:
    subprocess.run(
        [
            *client,
            "-e",
            "CREATE DATABASE chat CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; "
            "CREATE USER chat@'127.0.0.1' IDENTIFIED BY 'private'; GRANT ALL ON *.* TO chat@'127.0.0.1';",
        ],
        check=True,
    )


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of its own that keeps nothing on disk; gives its REDIS_URL."""
    port = free_port()
    server = [
        program("redis-server"),
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    with running(server, port, folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """MariaDB and Redis in a folder that vanishes with them; gives the variables that point there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    try:
        with mariadb(folder) as database_url, redis(folder) as redis_url:
            yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with private_servers() as variables:
        process = subprocess.run(command, env={**os.environ, **variables}, check=False)
        return process.returncode


if __name__ == "__main__":
    sys.exit(main([argument for argument in sys.argv[1:] if argument != "--"]))

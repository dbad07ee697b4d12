"""What load balancers ask: is the process alive, and can it do its work?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.conf import settings as current
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from config import health
from tests.services import free_port


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker whose heart beat just now."""
    health.record_heartbeat()
    yield
    cache.delete(health.HEARTBEAT_KEY)


def refuse(*_: Any) -> NoReturn:
    raise OperationalError(2006, "Server has gone away")


def test_a_living_process_says_so_without_asking_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_answers_a_load_balancer_that_knows_only_the_address(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_ready_when_database_redis_and_worker_answer(db: None, worker: None, client: Client) -> None:
    response = client.get("/readyz")
    expected = {"status": "ok", "database": "ok", "redis": "ok", "worker": "ok"}
    assert (response.status_code, response.json()) == (200, expected)


def test_not_ready_without_a_heartbeat(db: None, client: Client) -> None:
    cache.delete(health.HEARTBEAT_KEY)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, "silent")
    assert response["Retry-After"] == "5"


def test_not_ready_after_an_old_heartbeat(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    health.record_heartbeat()
    monkeypatch.setattr(health, "HEARTBEAT_MAX_AGE_SECONDS", -1)
    assert client.get("/readyz").json()["worker"] == "silent"


def test_not_ready_while_the_database_refuses(db: None, worker: None, client: Client) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert (response.status_code, response.json()["database"]) == (503, "unavailable")


def test_not_ready_while_redis_is_away(db: None, client: Client, settings: Any) -> None:
    location = f"redis://127.0.0.1:{free_port()}/0"
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location}}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "database": "ok",
        "redis": "unavailable",
        "worker": "unknown",
    }


def test_a_server_that_is_not_there_makes_503_everywhere_and_lets_the_process_live() -> None:
    """With the real driver and pool: readiness and pages say when to come back, liveness stays."""
    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(raise_request_exception=False)\n"
        "for path in ('/healthz', '/readyz', '/pricing/'):\n"
        "    response = client.get(path, headers={'host': '127.0.0.1'})\n"
        "    print(path, response.status_code, response.get('Retry-After'))\n"
        "client.cookies['sessionid'] = 'x' * 32\n"
        "response = client.get('/app/', headers={'host': '127.0.0.1'})\n"
        "print('signed in', response.status_code, response.get('Retry-After'))\n"
    )
    address = f"mysql://chat:x@127.0.0.1:{free_port()}/chat?pool_timeout=1"
    variables = {"DATABASE_URL": address, "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=current.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.splitlines() == [
        "/healthz 200 None",
        "/readyz 503 5",
        "/pricing/ 503 5",
        "signed in 503 5",
    ], result

"""Is the process alive (`/healthz`), and can it do its work (`/readyz`)? Asked by load balancers."""

import time
from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from redis.exceptions import RedisError

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_MAX_AGE_SECONDS = 60


def record_heartbeat() -> None:
    cache.set(HEARTBEAT_KEY, time.time(), timeout=3600)


def process(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readiness(request: HttpRequest) -> JsonResponse:
    parts = {"database": _database_state(), **_shared_parts()}
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", **parts},
        status=200 if ready else 503,
        headers={} if ready else {"Retry-After": "5"},
    )


class HealthMiddleware:
    """Answers before everything else: a load balancer asks by address and port, and follows no redirect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = {"/healthz": process, "/readyz": readiness}.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


def _database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unavailable"
    return "ok"


def _shared_parts() -> dict[str, str]:
    """Redis (through the cache) and the worker, whose heartbeat stands in it."""
    try:
        heartbeat: float | None = cache.get(HEARTBEAT_KEY)
    except RedisError:
        return {"redis": "unavailable", "worker": "unknown"}
    fresh = heartbeat is not None and time.time() - heartbeat < HEARTBEAT_MAX_AGE_SECONDS
    return {"redis": "ok", "worker": "ok" if fresh else "silent"}

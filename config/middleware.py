"""Turns a database or a Redis that is away into a 503 that says when to come back.

The middleware answers for views; `server_error` for what breaks in another middleware (sessions, who is signed in).
"""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from config.context_processors import product

logger = logging.getLogger("web")
AWAY = (OperationalError, InterfaceError, RedisConnectionError, RedisTimeoutError)


def is_outage(exception: BaseException | None) -> bool:
    """A database, its pool or Redis is away. SQLAlchemy, slow to import, is asked only where a pool has loaded it."""
    pool = sys.modules.get("sqlalchemy.exc")
    return isinstance(exception, AWAY) or (pool is not None and isinstance(exception, pool.TimeoutError))


class UnavailableDatabaseMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return _unavailable(request, exception) if is_outage(exception) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what nobody caught: called while the exception is being handled."""
    exception = sys.exc_info()[1]
    if is_outage(exception):
        return _unavailable(request, exception)
    return HttpResponse(render_to_string("500.html", product(request)), status=500)


def _unavailable(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    logger.error("unavailable", extra={"error": type(exception).__name__})
    # Without the request: its context processors would ask the database who is signed in.
    page = render_to_string("503.html", product(request))
    return HttpResponse(page, status=503, headers={"Retry-After": "5"})

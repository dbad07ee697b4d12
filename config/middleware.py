"""Turns a database that is away into a 503 that says when to come back."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

logger = logging.getLogger("web")


class UnavailableDatabaseMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, OperationalError | InterfaceError | PoolTimeoutError):
            return None
        logger.error("database_unavailable", extra={"error": type(exception).__name__})
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response

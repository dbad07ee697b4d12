"""The one border between the event loop and the database: whole stages cross it, never single ORM calls.

Outside a request `sync_to_async` has one thread a process; this pool has settings.DATABASE_THREADS.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.DATABASE_THREADS, thread_name_prefix="database")


def in_database(function: Callable[Parameters, Result]) -> Callable[Parameters, Awaitable[Result]]:
    """Run `function` on a database thread and await its result."""
    crossed: Callable[Parameters, Awaitable[Result]] = database_sync_to_async(
        function, thread_sensitive=False, executor=pool()
    )
    return crossed

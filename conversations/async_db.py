"""The one border between the event loop and the database: whole stages cross it, never single ORM calls.

Outside a request `sync_to_async` has one thread a process; this pool has settings.DATABASE_THREADS.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import OperationalError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
DEADLOCK = 1213  # ER_LOCK_DEADLOCK of MySQL and MariaDB
DEADLOCK_ATTEMPTS = 4


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.DATABASE_THREADS, thread_name_prefix="database")


def in_database(function: Callable[Parameters, Result]) -> Callable[Parameters, Awaitable[Result]]:
    """Run `function` on a database thread and await its result.

    A stage is one or more whole transactions that are safe to run twice, so a deadlock is tried again.
    """
    crossed: Callable[Parameters, Awaitable[Result]] = database_sync_to_async(
        _again_after_deadlock(function), thread_sensitive=False, executor=pool()
    )
    return crossed


def _again_after_deadlock(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """InnoDB ends one of two transactions that wait for each other and asks to begin it anew."""

    @wraps(function)
    def stage(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for _attempt in range(DEADLOCK_ATTEMPTS - 1):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                if error.args[:1] != (DEADLOCK,):
                    raise
        return function(*args, **kwargs)

    return stage

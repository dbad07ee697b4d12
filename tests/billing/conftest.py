"""Real threads against a real database: SQLite's tests run in memory, which several connections cannot share."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection, connections

Result = TypeVar("Result")


class Threads:
    """Runs functions on threads of their own, each with its own connection, and waits for all of them."""

    def run(self, function: Callable[[], Result], times: int = 1, workers: int = 8) -> list[Result]:
        with ThreadPoolExecutor(max_workers=min(times, workers)) as pool:
            return list(pool.map(lambda _number: self._alone(function), range(times)))

    def once(self, function: Callable[[], Result]) -> Result:
        return self.run(function)[0]

    def _alone(self, function: Callable[[], Result]) -> Result:
        try:
            return function()
        finally:
            connections.close_all()


@pytest.fixture
def threads(transactional_db: None, tmp_path: Path) -> Iterator[Threads]:
    if connection.vendor != "sqlite":
        yield Threads()
        return
    copy = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    config: dict[str, Any] = connections.settings["default"]
    original = config["NAME"]
    config["NAME"] = str(copy)
    yield Threads()
    config["NAME"] = original

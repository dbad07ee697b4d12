"""What a database address means, and that every variable is documented."""

import re

import pytest
from django.conf import settings

from config.settings import database_from

URL = "mysql://chat:s%40cret@db.example:3307/chatbots"


def test_a_pool_of_ten_waits_ten_seconds_when_nothing_is_said() -> None:
    pool = database_from(URL)["POOL_OPTIONS"]
    assert (pool["POOL_SIZE"], pool["TIMEOUT"], pool["MAX_OVERFLOW"]) == (10, 10, 0)


def test_connection_limit_and_pool_timeout_set_the_pool() -> None:
    pool = database_from(f"{URL}?connection_limit=23&pool_timeout=4")["POOL_OPTIONS"]
    assert (pool["POOL_SIZE"], pool["TIMEOUT"]) == (23, 4)


def test_the_driver_sees_neither_of_them() -> None:
    options = database_from(f"{URL}?connection_limit=23&pool_timeout=4&ssl_mode=REQUIRED")["OPTIONS"]
    assert "connection_limit" not in options
    assert "pool_timeout" not in options
    assert options["ssl_mode"] == "REQUIRED"


def test_reads_the_parts_of_a_mysql_address() -> None:
    config = database_from(URL)
    parts = {name: config[name] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")}
    assert parts == {
        "HOST": "db.example",
        "PORT": 3307,
        "NAME": "chatbots",
        "USER": "chat",
        "PASSWORD": "s@cret",
    }
    assert config["ENGINE"] == "dj_db_conn_pool.backends.mysql"
    assert config["OPTIONS"]["isolation_level"] == "read committed"
    assert config["OPTIONS"]["charset"] == "utf8mb4"


def test_refuses_a_limit_that_is_no_number() -> None:
    with pytest.raises(ValueError, match="many"):
        database_from(f"{URL}?connection_limit=many")


def test_reads_a_sqlite_address() -> None:
    config = database_from("sqlite:////data/chat.sqlite3")
    assert config["NAME"] == "/data/chat.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_every_variable_is_documented() -> None:
    source = (settings.BASE_DIR / "config" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', source))
    written = set(re.findall(r"^#? ?([A-Z0-9_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.M))
    assert read - written == set()
    # What the processes read themselves, not through the settings.
    assert written - read == {
        "LISTEN_HOST",
        "WEB_CONCURRENCY",
        "WORKER_CONCURRENCY",
        "LIVE_PORT",
        "TEST_MYSQL_URL",
    }

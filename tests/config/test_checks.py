"""A production start is refused, with a sentence, for every mistake that a person can make in its settings."""

import os
import subprocess
import sys
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as current

from config import checks

pytestmark = pytest.mark.process

COMPLETE: dict[str, Any] = {
    "IS_PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "k" * 64,
    "FIELD_ENCRYPTION_KEYS": [Fernet.generate_key().decode()],
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "DATABASE_URL": "mysql://chat:secret@127.0.0.1/chat",
    "ALLOWED_HOSTS": ["chat.example"],
    "EMAIL_URL": "smtp://mail.example:587",
    "SITE_URL": "https://chat.example",
    "WORKER_THREADS": 8,
    "DATABASE_THREADS": 6,
    "DATABASES": {"default": {"POOL_OPTIONS": {"POOL_SIZE": 10}}},
}
MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("config.E002", {"SECRET_KEY": "short"}),
    ("config.E003", {"DEBUG": True}),
    ("config.E004", {"FIELD_ENCRYPTION_KEYS": []}),
    ("config.E005", {"REDIS_URL": ""}),
    ("config.E006", {"ALLOWED_HOSTS": []}),
    ("config.E007", {"DATABASE_URL": "sqlite:////data/chat.sqlite3"}),
    ("config.E008", {"WORKER_THREADS": 11}),
    ("config.E008", {"DATABASE_THREADS": 10}),
    ("config.E009", {"EMAIL_URL": ""}),
    ("config.E010", {"SITE_URL": "http://127.0.0.1:8000"}),
    ("config.E011", {"FIELD_ENCRYPTION_KEYS": ["not-a-key"]}),
]


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings of a production that may start (DATABASES is only read, never connected to)."""
    for name, value in COMPLETE.items():
        monkeypatch.setattr(current, name, value)
    return monkeypatch


def found() -> list[str]:
    return [error.id or "" for error in checks.production_is_complete()]


def test_accepts_a_complete_production(complete: pytest.MonkeyPatch) -> None:
    assert found() == []


@pytest.mark.parametrize(("code", "mistake"), MISTAKES)
def test_refuses_each_mistake(complete: pytest.MonkeyPatch, code: str, mistake: dict[str, Any]) -> None:
    for name, value in mistake.items():
        complete.setattr(current, name, value)
    assert found() == [code]


def test_asks_nothing_of_an_embedded_installation(complete: pytest.MonkeyPatch) -> None:
    complete.setattr(current, "IS_PRODUCTION", False)
    complete.setattr(current, "SECRET_KEY", "short")
    assert found() == []


def test_names_a_path_of_a_table_that_leads_nowhere(settings: Any) -> None:
    settings.TRANSPORTS = {"WIDGET": "conversations.nowhere.Transport"}
    assert [error.id for error in checks.dotted_paths_resolve()] == ["config.E001"]


def test_every_path_of_every_table_resolves() -> None:
    assert checks.dotted_paths_resolve() == []


def test_a_production_without_any_variable_does_not_start() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    empty = {
        "SECRET_KEY": "",
        "FIELD_ENCRYPTION_KEYS": "",
        "DATABASE_URL": "sqlite://:memory:",
        "REDIS_URL": "",
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=current.BASE_DIR,
        env=kept | empty | {"APP_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    # Django itself stops at an empty SECRET_KEY; whatever speaks first names a missing setting.
    assert "SECRET_KEY" in result.stderr

"""reset_db asks, refuses in production, and brings every table back empty in seconds."""

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from billing.models import Plan

FROM_ZERO_SECONDS = 10.0


def test_refuses_in_production_whatever_is_said(owner: User, settings: Any) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="development machine only"):
        call_command("reset_db", yes=True)
    assert User.objects.get() == owner


@pytest.mark.parametrize("answer", ["no", "", "y"])
def test_changes_nothing_without_a_yes(owner: User, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("builtins.input", lambda question: answer)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reset_db")
    assert User.objects.get() == owner


@pytest.mark.django_db(transaction=True)
def test_empties_and_migrates_from_zero_in_seconds(
    owner: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In processor time, so that a busy machine does not decide; the database server's own share is small."""
    monkeypatch.setattr("sys.stdin", StringIO("yes\n"))
    Plan.objects.update(name="Changed")
    started = time.process_time()
    call_command("reset_db")
    seconds = time.process_time() - started
    assert seconds < FROM_ZERO_SECONDS, f"{connection.vendor}: {seconds:.1f} s"
    assert not User.objects.exists()
    assert not Plan.objects.filter(name="Changed").exists()
    printed = capsys.readouterr().out
    assert f"Delete everything in {connection.settings_dict['NAME']}?" in printed
    assert "is empty" in printed


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

"""The embedded lock is the production lock without what must be compiled; no lock names where packages come from."""

import re

import pytest
from django.conf import settings

COMPILED = {"mysqlclient"}
LOCKS = ("requirements.txt", "requirements-embedded.txt", "requirements-dev.txt")


def pins(name: str) -> dict[str, str]:
    lines = (settings.BASE_DIR / name).read_text().splitlines()
    found = (line.split("==") for line in lines if re.match(r"[a-z0-9]", line))
    return dict(found)


def test_embedded_lock_differs_in_what_must_be_compiled_and_nothing_else() -> None:
    whole, embedded = pins("requirements.txt"), pins("requirements-embedded.txt")
    assert whole.keys() - embedded.keys() == COMPILED
    assert {name: whole[name] for name in embedded} == embedded


def test_development_lock_agrees_with_production() -> None:
    whole, development = pins("requirements.txt"), pins("requirements-dev.txt")
    shared = whole.keys() & development.keys()
    assert {name: whole[name] for name in shared} == {name: development[name] for name in shared}


def test_every_package_of_the_project_is_locked() -> None:
    text = (settings.BASE_DIR / "pyproject.toml").read_text()
    names = re.findall(
        r'^    "([A-Za-z0-9_-]+)', text.partition("dependencies = [")[2].partition("\n]")[0], re.M
    )
    assert names
    assert {re.sub("[-_.]+", "-", name).lower() for name in names} <= pins("requirements.txt").keys()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_says_how_it_is_made_and_not_where_from(name: str) -> None:
    text = (settings.BASE_DIR / name).read_text()
    assert "make lock" in text.partition("\n")[2].partition("\n")[0]
    assert not re.search(r"https?://|--index|--find-links|--extra-index", text)

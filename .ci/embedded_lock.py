"""Writes requirements-embedded.txt: requirements.txt without the packages that must be compiled."""

import re
from pathlib import Path

COMPILED = {"mysqlclient"}


def without(text: str, packages: set[str]) -> str:
    """The lock's text less the entries of these packages and the comments that belong to them."""
    entries = re.split(r"(?m)^(?=\S)", text)
    return "".join(entry for entry in entries if re.split(r"[=\[]", entry, maxsplit=1)[0] not in packages)


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    lock = (root / "requirements.txt").read_text()
    (root / "requirements-embedded.txt").write_text(without(lock, COMPILED))

"""Decides what a read document is, and how its text is normalised.

Called by every reader in this package, and by ingestion for pasted text.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import regex

MAX_CHARACTERS = 4_000_000
MAX_PAGES = 3_000
TITLE_CHARACTERS = 200

Report = Callable[[int, int], None]

_CONTROLS = regex.compile(r"[^\P{C}\n\t\u200c\u200d]")
_TRAILING_SPACE = regex.compile(r"[ \t\u00a0]+$", regex.MULTILINE)
_BLANK_LINES = regex.compile(r"\n{3,}")
_SPACES = regex.compile(r"\s+")


class UnreadableError(Exception):
    """A document cannot be read; the code says why in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """A read document; `page_offsets` are the places in `text` where its pages begin."""

    title: str
    text: str
    page_offsets: Sequence[int] = ()
    is_rows: bool = False


def normalise(text: str) -> str:
    """Return the text composed (NFC), with plain line ends, no control characters and single blank lines."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    text = _TRAILING_SPACE.sub("", _CONTROLS.sub("", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return _SPACES.sub(" ", text).strip()


def checked(text: str) -> str:
    """Return the text; refuse one without any letter and one that is too long."""
    if not any(character.isalnum() for character in text):
        raise UnreadableError("empty")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("too_long")
    return text


def title_from_name(name: str) -> str:
    """Return a file's name as a title: no folder, no ending, words apart."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
    return one_line(stem.replace("_", " ").replace("-", " "))[:TITLE_CHARACTERS]


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as a Markdown table; the first row is its head."""
    filled = [
        [one_line(cell).replace("|", "\\|") for cell in row] for row in rows if any(map(str.strip, row))
    ]
    if not filled:
        return ""
    width = max(map(len, filled))
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in filled]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

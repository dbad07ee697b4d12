"""Decides where a text is cut into passages, and under which headings each passage stands.

Called by index with an item's normalised text; offsets are characters into exactly that text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

import regex
from semantic_text_splitter import MarkdownSplitter

# A passage should answer alone and fit a prompt several times; ideographs say more per character.
PASSAGE_CHARACTERS = (700, 1_400)
DENSE_PASSAGE_CHARACTERS = (300, 600)
# Extraction begins each row of a table that is a document of its own with this.
ROW_SEPARATOR = "\n\n"

_HEADING = regex.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", regex.MULTILINE)
_FENCE = regex.compile(r"^(```|~~~).*?^\1[ \t]*$", regex.MULTILINE | regex.DOTALL)
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_INLINE_MARKS = regex.compile(r"[*_`]+|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A cut of the text: `text` is `document[start:end]`."""

    start: int
    end: int
    heading_path: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    start: int
    end: int
    heading_path: tuple[str, ...]


def split(text: str, *, rows: bool = False) -> list[Passage]:
    """Cut a Markdown text at its headings, then by meaning; with `rows`, each paragraph is one passage."""
    if rows:
        return list(_paragraphs(text))
    splitter = MarkdownSplitter(_capacity(text))
    return [
        Passage(start, start + len(piece), section.heading_path, piece)
        for section in _sections(text)
        for start, piece in _pieces(text, section, splitter)
    ]


def whole(text: str) -> list[Passage]:
    """Return the text as one passage, for an answer that must not be cut."""
    trimmed = text.strip()
    if not trimmed:
        return []
    start = text.index(trimmed)
    return [Passage(start, start + len(trimmed), (), trimmed)]


def _paragraphs(text: str) -> Iterator[Passage]:
    start = 0
    for part in text.split(ROW_SEPARATOR):
        trimmed = part.strip()
        if trimmed:
            begin = start + part.index(trimmed)
            yield Passage(begin, begin + len(trimmed), (), trimmed)
        start += len(part) + len(ROW_SEPARATOR)


def _capacity(text: str) -> tuple[int, int]:
    sample = text[:20_000]
    dense = len(_DENSE.findall(sample)) > len(sample) / 4
    return DENSE_PASSAGE_CHARACTERS if dense else PASSAGE_CHARACTERS


def _pieces(text: str, section: _Section, splitter: MarkdownSplitter) -> Iterator[tuple[int, str]]:
    body = text[section.start : section.end]
    for offset, piece in splitter.chunk_indices(body):
        if any(character.isalnum() for character in piece):
            yield section.start + offset, piece


def _sections(text: str) -> Iterator[_Section]:
    """Yield the bodies between headings; a heading that nothing follows is a body itself."""
    headings = list(_headings(text))
    if not headings:
        yield _Section(0, len(text), ())
        return
    yield _Section(0, headings[0].start(), ())
    path: list[tuple[int, str]] = []
    for heading, following in zip_longest(headings, headings[1:]):
        level = len(heading.group(1))
        path = [(depth, title) for depth, title in path if depth < level]
        ancestors = tuple(title for _, title in path)
        path.append((level, plain(heading.group(2))))
        end = following.start() if following else len(text)
        has_children = following is not None and len(following.group(1)) > level
        if text[heading.end() : end].strip():
            yield _Section(heading.end(), end, tuple(title for _, title in path))
        elif not has_children:
            yield _Section(heading.start(), end, ancestors)


def _headings(text: str) -> Iterator[regex.Match[str]]:
    fences = [match.span() for match in _FENCE.finditer(text)]
    for match in _HEADING.finditer(text):
        if not any(start <= match.start() < end for start, end in fences):
            yield match


def plain(heading: str) -> str:
    """Return a heading without Markdown's inline marks."""
    return _INLINE_MARKS.sub(lambda match: match.group(1) or "", heading).strip()

"""Decides where a passage's sentences, list items and table rows begin and end.

Called by the extractive answer; every unit is an exact span of the passage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import regex

THAI_SENTENCE_CHARACTERS = 60


class UnitKind(Enum):
    SENTENCE = "sentence"
    ITEM = "item"
    STEP = "step"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item, step, table row or code block: `text` is `passage[start:end]`."""

    start: int
    end: int
    text: str
    kind: UnitKind
    block: int


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    text: str
    kind: UnitKind


_BLOCKS = regex.compile(
    r"(?P<code>^(?:```|~~~)[^\n]*\n.*?(?:^(?:```|~~~)[ \t]*$|\Z))"
    r"|(?P<heading>^#{1,6}[ \t][^\n]*$)"
    r"|(?P<rule>^(?:[-*_][ \t]*){3,}$|^\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+$)"
    r"|(?P<table_head>^\|[^\n]*$(?=\n[ \t]*\|?[ \t]*:?-{3,}))"
    r"|(?P<row>^\|[^\n]*$)"
    r"|(?P<step>^[ \t]*\d{1,3}[.)][ \t]+(?P<step_text>[^\n]+(?:\n[ \t]{2,}[^\s\-*+\d][^\n]*)*))"
    r"|(?P<item>^[ \t]*[-*+•][ \t]+(?P<item_text>[^\n]+(?:\n[ \t]{2,}[^\s\-*+\d][^\n]*)*))"
    r"|(?P<paragraph>^[^\n]*\S[^\n]*$"
    r"(?:\n(?![ \t]*(?:#{1,6}[ \t]|\||```|~~~|[-*+•][ \t]|\d{1,3}[.)][ \t]))[^\n]*\S[^\n]*$)*)",
    regex.MULTILINE | regex.DOTALL,
)
_QUOTES = "[\"'”’»)\\]」』）】]*"
_END = regex.compile(
    rf"(?:[.!?…؟۔]+{_QUOTES}(?=\s+[^\p{{Ll}}\s]|\s*$))|(?:[。！？｡]+{_QUOTES})|(?:[।॥။។]{_QUOTES})|(?:։(?=\s))"
)
_ABBREVIATION = regex.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Sra|Jr|vs|etc|e\.g|i\.e|approx|No|Nr|Art|Abs|bzw|ca|z\.\s?B|d\.\s?h|p\.\s?ej|[zdu]|M|Inc|Ltd|Co|Fig|vol)"
    r"|\b\p{Lu}|(?<=\p{Lu}\.)\p{Lu})\.$"
)
_GERMAN_ORDINAL = regex.compile(r"\b\d{1,2}\.$")
_THAI = regex.compile(r"[\p{Thai}\p{Lao}]")


def units(text: str, language: str = "") -> list[Unit]:
    """Return what of a passage can be quoted, in order; headings and rules are left out."""
    found: list[Unit] = []
    for number, block in enumerate(_blocks(text)):
        is_prose = block.kind is UnitKind.SENTENCE
        spans = sentence_spans(block.text, language) if is_prose else [(0, len(block.text))]
        for start, end in spans:
            begin = block.start + start
            found.append(Unit(begin, block.start + end, text[begin : block.start + end], block.kind, number))
    return found


def sentence_spans(paragraph: str, language: str = "") -> list[tuple[int, int]]:
    """Return the start and end of each sentence of a paragraph."""
    edges = [0, *_boundaries(paragraph, language), len(paragraph)]
    spans = (_trimmed(paragraph, start, end) for start, end in pairwise(edges))
    return [(start, end) for start, end in spans if start < end]


def _blocks(text: str) -> Iterator[_Block]:
    for match in _BLOCKS.finditer(text):
        if match["step"] is not None:
            yield _Block(match.start("step_text"), match["step_text"], UnitKind.STEP)
        elif match["item"] is not None:
            yield _Block(match.start("item_text"), match["item_text"], UnitKind.ITEM)
        elif match["row"] is not None:
            yield _Block(match.start(), match["row"], UnitKind.ROW)
        elif match["code"] is not None:
            yield _Block(match.start(), match["code"], UnitKind.CODE)
        elif match["paragraph"] is not None:
            yield _Block(match.start(), match["paragraph"], UnitKind.SENTENCE)


def _boundaries(paragraph: str, language: str) -> Iterator[int]:
    if len(_THAI.findall(paragraph)) > len(paragraph) / 3:
        yield from _thai_boundaries(paragraph)
        return
    for match in _END.finditer(paragraph):
        before = paragraph[max(0, match.start() - 12) : match.start() + 1]
        if paragraph[match.start()] == "." and _ABBREVIATION.search(before):
            continue
        if language == "de" and _GERMAN_ORDINAL.search(before):
            continue
        yield match.end()


def _thai_boundaries(paragraph: str) -> Iterator[int]:
    """Thai ends sentences with a space, which it also puts elsewhere: spaces after enough text count."""
    start = 0
    for match in regex.finditer(r"\s+", paragraph):
        if match.start() - start >= THAI_SENTENCE_CHARACTERS or "\n" in match.group():
            yield match.end()
            start = match.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())

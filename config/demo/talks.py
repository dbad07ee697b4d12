"""Decides what is said in the demo: the scripts of each language, tied to the passages that prove them.

Called by config.demo.history; reads config/demo/data and the demo's indexed knowledge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge import extractive
from knowledge.models import KnowledgeBase, KnowledgeChunk

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "de", "es", "ar", "zh", "fr", "pt")
Citation = dict[str, Any]


class QuoteNotFoundError(Exception):
    """A script quotes words that its item does not hold."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question in several wordings and its answer, as a model says it and as it is quoted word for word."""

    questions: tuple[str, ...]
    answer: str
    quoted: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """What a visitor brings to a person, the person's replies, and the visitor's last words."""

    question: str
    replies: tuple[str, ...]
    ending: str


@dataclass(frozen=True, slots=True)
class Script:
    language: str
    names: tuple[str, ...]
    thanks: tuple[str, ...]
    welcome: tuple[str, ...]
    refusal: str
    exchanges: tuple[Exchange, ...]
    gaps: tuple[str, ...]
    handovers: tuple[Handover, ...]
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A passage as the extractive answer reads it."""

    number: int
    chunk: KnowledgeChunk

    @property
    def title(self) -> str:
        return self.chunk.item.title

    @property
    def heading_path(self) -> str:
        return self.chunk.heading_path

    @property
    def text(self) -> str:
        return self.chunk.text

    @property
    def language(self) -> str:
        return self.chunk.language


class Shelf:
    """The passages of one base by the external id of their item."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.chunks: dict[str, list[KnowledgeChunk]] = {}
        for chunk in base.chunks.select_related("item").order_by("item_id", "position"):
            self.chunks.setdefault(chunk.item.external_id or "", []).append(chunk)

    def cite(self, number: int, external_id: str, quote: str) -> Citation:
        """A citation of the passage that holds exactly these words."""
        for chunk in self.chunks.get(external_id, ()):
            at = chunk.text.find(quote)
            if at >= 0:
                return citation(number, chunk, at, at + len(quote))
        raise QuoteNotFoundError(f"{external_id}: {quote}")

    def language_of(self, external_id: str) -> str:
        return self.chunks[external_id][0].language


def citation(number: int, chunk: KnowledgeChunk, start: int, end: int) -> Citation:
    return {
        "number": number,
        "chunk": chunk.public_id,
        "item": chunk.item.public_id,
        "title": chunk.item.title,
        "url": chunk.item.source_url,
        "place": chunk.heading_path,
        "quote": chunk.text[start:end],
        "start": chunk.start + start,
        "end": chunk.start + end,
    }


def shop_scripts(base: KnowledgeBase) -> dict[str, Script]:
    shelf = Shelf(base)
    return {language: _script(language, _read(f"talks/{language}.json"), shelf) for language in LANGUAGES}


def help_script(base: KnowledgeBase, like: Script) -> Script:
    """The help bot's talk: real answers of the built-in engine over the documentation."""
    shelf = Shelf(base)
    data = _read("help_talks.json")
    answered = (_from_page(entry, shelf) for entry in data["exchanges"])
    return Script(
        language=like.language,
        names=like.names,
        thanks=like.thanks,
        welcome=like.welcome[:1],
        refusal=like.refusal,
        exchanges=tuple(exchange for exchange in answered if exchange),
        gaps=tuple(data["gaps"]),
        handovers=(),
        waiting=(),
    )


@cache
def _read(name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content


def _script(language: str, data: Mapping[str, Any], shelf: Shelf) -> Script:
    return Script(
        language=language,
        names=tuple(data["names"]),
        thanks=tuple(data["thanks"]),
        welcome=tuple(data["welcome"]),
        refusal=data["refusal"],
        exchanges=tuple(_exchange(language, entry, shelf) for entry in data["exchanges"]),
        gaps=tuple(data["gaps"]),
        handovers=tuple(
            Handover(entry["ask"], tuple(entry["replies"]), entry["end"]) for entry in data["handovers"]
        ),
        waiting=tuple(data["waiting"]),
    )


def _exchange(language: str, entry: Mapping[str, Any], shelf: Shelf) -> Exchange:
    citations = tuple(shelf.cite(number, *cited) for number, cited in enumerate(entry["cites"], 1))
    speaks_the_language = all(shelf.language_of(item) == language for item, _quote in entry["cites"])
    return Exchange(
        questions=tuple(entry["ask"]),
        answer=entry["answer"],
        quoted=_quoted(language, citations) if speaks_the_language else "",
        citations=citations,
    )


def _quoted(language: str, citations: Sequence[Citation]) -> str:
    lines = (f"{citation['quote'].rstrip('.')}. [{citation['number']}]" for citation in citations)
    return "\n".join((extractive.lead_in(language), "", *lines))


def _from_page(entry: Mapping[str, Any], shelf: Shelf) -> Exchange | None:
    sources = [_Numbered(number, chunk) for number, chunk in enumerate(shelf.chunks[entry["page"]], 1)]
    found = extractive.answer(entry["ask"][0], sources, "en")
    if found.is_refusal:
        return None
    numbers = {quote.number: 0 for quote in found.quotes}
    numbers.update({old: new for new, old in enumerate(numbers, 1)})
    text = re.sub(r"\[(\d+)\]", lambda match: f"[{numbers[int(match[1])]}]", extractive.as_markdown(found))
    firsts = {quote.number: quote for quote in reversed(found.quotes)}
    citations = tuple(
        citation(number, sources[old - 1].chunk, firsts[old].start, firsts[old].end)
        for old, number in numbers.items()
    )
    return Exchange(questions=tuple(entry["ask"]), answer=text, quoted=text, citations=citations)

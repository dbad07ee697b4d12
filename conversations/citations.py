"""Maps the numbers a model cites to the passages it was given; unknown ones are dropped, quotes are exact.

Pure; called by answering before an answer is stored.
"""

import re
from collections.abc import Sequence
from typing import Any

from knowledge.analysis import analyse
from knowledge.retrieval import ScoredPassage
from knowledge.sentences import units

# [1], [1, 2] and [1][2]; a Markdown link's text followed by "(" is none.
MARKER = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()")
SENTENCE_CHARACTERS = 400


def resolve(text: str, passages: Sequence[ScoredPassage]) -> tuple[str, list[dict[str, Any]]]:
    """The text with known numbers only, and a citation for each number that it names."""
    claims: dict[int, str] = {}

    def known(match: re.Match[str]) -> str:
        numbers = [int(part) for part in match.group(1).split(",")]
        kept = [number for number in numbers if 1 <= number <= len(passages)]
        before = text[max(0, match.start() - SENTENCE_CHARACTERS) : match.start()]
        for number in kept:
            claims.setdefault(number, _last_sentence(before))
        return "".join(f"[{number}]" for number in kept)

    clean = re.sub(r" +(?=[.,;:!?]|\n|$)", "", MARKER.sub(known, text)).strip()
    return clean, [_citation(number, claims[number], passages[number - 1]) for number in sorted(claims)]


def _last_sentence(text: str) -> str:
    """What was said just before a marker."""
    without_markers = MARKER.sub("", text).strip()
    parts = re.split(r"(?<=[.!?。！？؟।\n])\s*", without_markers)
    return next((part for part in reversed(parts) if part.strip()), without_markers)


def _citation(number: int, claim: str, passage: ScoredPassage) -> dict[str, Any]:
    start, end = quote_span(claim, passage)
    return {
        "number": number,
        "chunk": passage.chunk_id,
        "item": passage.item_id,
        "title": passage.title,
        "url": passage.url,
        "place": passage.place,
        "quote": passage.text[start:end],
        "start": passage.start + start,
        "end": passage.start + end,
    }


def quote_span(claim: str, passage: ScoredPassage) -> tuple[int, int]:
    """Offsets in the passage of the sentence that supports the claim best; its first when none does."""
    sentences = units(passage.text, passage.language)
    if not sentences:
        return 0, len(passage.text)
    wanted = set(analyse(claim, passage.language))
    best = max(sentences, key=lambda unit: _overlap(wanted, unit.text, passage.language))
    return best.start, best.end


def _overlap(wanted: set[str], text: str, language: str) -> float:
    held = set(analyse(text, language))
    return len(wanted & held) / (len(held) + 3) if held else 0.0


def retrieved_entries(passages: Sequence[ScoredPassage]) -> list[dict[str, Any]]:
    """What is kept of all passages read: enough to show why the answer is what it is."""
    return [
        {
            "chunk": passage.chunk_id,
            "item": passage.item_id,
            "title": passage.title,
            "place": passage.place,
            "score": round(passage.score, 4),
            "quote": passage.text[:300],
        }
        for passage in passages
    ]

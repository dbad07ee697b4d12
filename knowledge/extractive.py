"""Decides the answer that needs no model: which sentences of the passages answer a question, or none.

Called by the built-in provider (knowledge.local_provider); pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from math import log
from typing import Protocol

import regex

from knowledge.analysis import analyse, content_tokens
from knowledge.languages import RIGHT_TO_LEFT
from knowledge.sentences import Unit, UnitKind, units

MAX_SENTENCES = 3
MAX_WORDS = 60
MAX_LIST_UNITS = 12
MAX_GAP_IN_PARAGRAPH = 1
# The share of the question's content that a passage must hold; ideographs match less often than words.
MIN_SUPPORT = 0.45
MIN_DENSE_SUPPORT = 0.36
# Half of so short a question proves nothing ("capital" of "capital of Mongolia"), unless a heading says it.
SHORT_QUESTION_TOKENS = 3

_HEADING_SHARE = 0.4
_NEIGHBOUR_SHARE = 0.3
_PASSAGE_SHARE = 0.3
_NUMBER_SHARE = 0.15
_ADDED_SHARE = 0.5

_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_INTRODUCES = regex.compile(r"[:：]\s*$")
_NUMBER = regex.compile(r"\p{Nd}|[一二三四五六七八九十百千万]")
_ASKS_NUMBER = regex.compile(
    r"\b(?:how (?:many|much|long|old|far|often)|when|what (?:year|time|percent\w*|date)|which year"
    r"|cu[aá]nt[oa]s?|cu[aá]ndo|qu[eé] año|wie ?viele?|wann|wie (?:lange|hoch|alt|oft)|combien|quand"
    r"|quant[oa]s?|quando|quanti)\b|كم|متى|多少|几|何时|什么时候|哪年|कितन|कब|сколько|когда|いつ|いくら|何[年日人時個]",
    regex.IGNORECASE,
)

LEAD_INS = {
    "en": "This is what our pages say:",
    "es": "Esto es lo que dicen nuestras páginas:",
    "de": "Das steht dazu auf unseren Seiten:",
    "fr": "Voici ce que disent nos pages :",
    "pt": "Isto é o que dizem as nossas páginas:",
    "it": "Ecco che cosa dicono le nostre pagine:",
    "nl": "Dit staat er op onze pagina's:",
    "ar": "هذا ما تقوله صفحاتنا:",
    "hi": "हमारे पृष्ठों में यह लिखा है:",
    "zh": "我们的页面是这样说明的：",
    "ja": "当サイトのページには次のように書かれています。",
    "ru": "Вот что об этом сказано на наших страницах:",
    "tr": "Sayfalarımızda şöyle yazıyor:",
    "pl": "Oto co piszemy na naszych stronach:",
}


class Source(Protocol):
    """What the answer needs of a passage."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def heading_path(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a passage: `text` is `passage.text[start:end]`."""

    number: int
    start: int
    end: int
    text: str
    kind: UnitKind


@dataclass(frozen=True, slots=True)
class ExtractiveAnswer:
    """The chosen spans in document order; none of them means a refusal."""

    quotes: tuple[Quote, ...]
    support: float
    language: str

    @property
    def is_refusal(self) -> bool:
        return not self.quotes


@dataclass(frozen=True, slots=True)
class _Scored:
    source_index: int
    unit_index: int
    unit: Unit
    score: float
    matched: frozenset[str]


def answer(question: str, sources: Sequence[Source], language: str = "en") -> ExtractiveAnswer:
    """Choose at most three sentences (or one list) that answer the question, or refuse."""
    supports = [support_of(question, source) for source in sources]
    support = max(supports, default=0.0)
    kept = [source for source, value in zip(sources, supports, strict=True) if value >= min_support(question)]
    parts = [units(source.text, source.language) for source in kept]
    scored = _score_units(question, kept, parts)
    if not scored:
        return ExtractiveAnswer((), support, language)
    return ExtractiveAnswer(_quotes(_choose(scored, parts), kept, parts), support, language)


def min_support(question: str) -> float:
    """Return the support below which no answer is given."""
    dense = len(_DENSE.findall(question)) > len(question) / 3
    return MIN_DENSE_SUPPORT if dense else MIN_SUPPORT


def support_of(question: str, source: Source) -> float:
    """Return the share of the question's content that the passage, its title and headings hold (0 to 1)."""
    asked = set(_asked(question, source.language))
    if not asked:
        return 0.0
    heading = set(analyse(f"{source.title}\n{source.heading_path}", source.language))
    share = len(asked & (heading | set(analyse(source.text, source.language)))) / len(asked)
    is_weak = len(asked) <= SHORT_QUESTION_TOKENS and share <= 0.5 and not asked & heading
    return share / 2 if is_weak else share


@lru_cache(maxsize=256)
def _asked(question: str, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(content_tokens(question, language)))


def _score_units(question: str, sources: Sequence[Source], parts: Sequence[Sequence[Unit]]) -> list[_Scored]:
    tokens = [
        [frozenset(analyse(unit.text, source.language)) for unit in found]
        for source, found in zip(sources, parts, strict=True)
    ]
    wants_number = bool(_ASKS_NUMBER.search(question))
    scored = []
    for index, source in enumerate(sources):
        asked = frozenset(_asked(question, source.language))
        weights = _weights(asked, [held for held_by_unit in tokens for held in held_by_unit])
        total = sum(weights.values()) or 1.0
        heading = frozenset(analyse(f"{source.title} {source.heading_path}", source.language))
        passage_bonus = _PASSAGE_SHARE * support_of(question, source) / (index + 1) ** 0.5
        for place, unit in enumerate(parts[index]):
            matched = asked & tokens[index][place]
            before = tokens[index][place - 1] if place else frozenset()
            score = sum(
                weights[token]
                * (
                    1.0
                    if token in matched
                    else _NEIGHBOUR_SHARE
                    if token in before
                    else _HEADING_SHARE * (token in heading)
                )
                for token in asked
            )
            score = score / total + passage_bonus
            if wants_number and _NUMBER.search(unit.text):
                score += _NUMBER_SHARE
            scored.append(_Scored(index, place, unit, score, matched))
    return sorted(scored, key=lambda entry: (-entry.score, entry.source_index, entry.unit_index))


def _weights(asked: frozenset[str], documents: Sequence[frozenset[str]]) -> dict[str, float]:
    total = len(documents)
    return {
        token: log(1 + (total + 1) / (1 + sum(1 for held in documents if token in held))) for token in asked
    }


def _choose(scored: Sequence[_Scored], parts: Sequence[Sequence[Unit]]) -> list[_Scored]:
    best = scored[0]
    whole_list = _list_around(best, parts[best.source_index])
    if whole_list:
        return whole_list
    chosen, length = [best], word_count(best.unit.text)
    for entry in scored[1:]:
        if len(chosen) == MAX_SENTENCES or entry.score < _ADDED_SHARE * best.score:
            break
        size = word_count(entry.unit.text)
        if entry.unit.kind is not UnitKind.CODE and length + size <= MAX_WORDS and _belongs(entry, best):
            chosen.append(entry)
            length += size
    return chosen


def _belongs(entry: _Scored, best: _Scored) -> bool:
    """Tell whether a unit says something of the question itself, or goes on from the best one."""
    follows = entry.source_index == best.source_index and entry.unit_index == best.unit_index + 1
    return bool(entry.matched) or (follows and entry.unit.block == best.unit.block)


def _list_around(best: _Scored, found: Sequence[Unit]) -> list[_Scored]:
    """Return the list that the best unit is a step of, or that it introduces with a colon."""
    place = best.unit_index
    if best.unit.kind is UnitKind.STEP:
        first = place
        while first and found[first - 1].kind in {UnitKind.STEP, UnitKind.CODE}:
            first -= 1
        if first and _INTRODUCES.search(found[first - 1].text):
            first -= 1
    elif (
        _INTRODUCES.search(best.unit.text)
        and place + 1 < len(found)
        and found[place + 1].block != best.unit.block
    ):
        first = place
    else:
        return []
    last = first + 1
    follows = {UnitKind.STEP, UnitKind.ITEM, UnitKind.CODE}
    while last < len(found) and found[last].kind in follows and last - first <= MAX_LIST_UNITS:
        last += 1
    return [
        _Scored(best.source_index, index, found[index], best.score, best.matched)
        for index in range(first, last)
    ]


def word_count(text: str) -> int:
    """Return the number of words; scripts without spaces count two characters as one."""
    dense = len(_DENSE.findall(text))
    return len(_DENSE.sub(" ", text).split()) + (dense + 1) // 2


def _quotes(
    chosen: Sequence[_Scored], sources: Sequence[Source], parts: Sequence[Sequence[Unit]]
) -> tuple[Quote, ...]:
    ordered = sorted(chosen, key=lambda entry: (entry.source_index, entry.unit_index))
    return tuple(
        Quote(
            sources[entry.source_index].number,
            entry.unit.start,
            entry.unit.end,
            entry.unit.text,
            entry.unit.kind,
        )
        for entry in ordered
    )


def lead_in(language: str) -> str:
    """Return the line before the quotes, in the visitor's language; English where it is not known."""
    return LEAD_INS.get(language.partition("-")[0].lower(), LEAD_INS["en"])


def is_right_to_left(language: str) -> bool:
    return language.partition("-")[0] in RIGHT_TO_LEFT


def as_markdown(found: ExtractiveAnswer) -> str:
    """Return the answer as Markdown: the lead-in, then the quotes, each run of one source with its number."""
    text = lead_in(found.language) + "\n\n"
    step = 0
    for place, quote in enumerate(found.quotes):
        following = found.quotes[place + 1] if place + 1 < len(found.quotes) else None
        step = _step_after(step, quote)
        text += _line(quote, step) + (f" [{quote.number}]" if _carries_number(found.quotes[place:]) else "")
        text += _joint(quote, following)
    return text


def _step_after(step: int, quote: Quote) -> int:
    if quote.kind is UnitKind.CODE:
        return step
    return step + 1 if quote.kind is UnitKind.STEP else 0


def _line(quote: Quote, step: int) -> str:
    start = f"{step}. " if quote.kind is UnitKind.STEP else "- " if quote.kind is UnitKind.ITEM else ""
    return start + quote.text


def _carries_number(rest: Sequence[Quote]) -> bool:
    """Tell whether the first of the remaining quotes is the last of its source that is not code."""
    first, *others = rest
    same = takewhile(lambda quote: quote.number == first.number, others)
    return first.kind is not UnitKind.CODE and all(quote.kind is UnitKind.CODE for quote in same)


def _joint(quote: Quote, following: Quote | None) -> str:
    if following is None:
        return ""
    if quote.kind is not following.kind or quote.kind is UnitKind.CODE:
        return "\n\n"
    if quote.kind is not UnitKind.SENTENCE:
        return "\n"
    is_next = following.number == quote.number and 0 <= following.start - quote.end <= MAX_GAP_IN_PARAGRAPH
    return " " if is_next else "\n\n"

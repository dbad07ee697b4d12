"""Decides the answer that needs no model: which sentences of the passages answer a question, or none.

Called by the built-in provider (knowledge.local_provider); pure.
"""

from collections.abc import Mapping, Sequence
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
HEADING_SEPARATOR = " › "
# The share of the question's content that a passage must hold; ideographs match less often than words.
MIN_SUPPORT = 0.45
MIN_DENSE_SUPPORT = 0.36
# Half of so short a question proves nothing ("capital" of "capital of Mongolia"), unless a heading says it.
SHORT_QUESTION_TOKENS = 3

_HEADING_SHARE = 0.8
_TITLE_SHARE = 0.4
_OPENING_SHARE = 0.2
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
class _Page:
    """A passage as the question sees it."""

    index: int
    source: Source
    units: list[Unit]
    tokens: list[frozenset[str]]
    asked: frozenset[str]
    heading: frozenset[str]
    title: frozenset[str]
    support: float


@dataclass(frozen=True, slots=True)
class _Scored:
    page: _Page
    place: int
    score: float

    @property
    def unit(self) -> Unit:
        return self.page.units[self.place]

    @property
    def matched(self) -> frozenset[str]:
        return self.page.asked & self.page.tokens[self.place]


def answer(question: str, sources: Sequence[Source], language: str = "en") -> ExtractiveAnswer:
    """Choose at most three sentences (or one list) that answer the question, or refuse."""
    least = min_support(question)
    pages = [_page(question, index, source) for index, source in enumerate(sources)]
    support = max((page.support for page in pages), default=0.0)
    scored = _score([page for page in pages if page.support >= least], bool(_ASKS_NUMBER.search(question)))
    return ExtractiveAnswer(_quotes(_choose(scored)) if scored else (), support, language)


def min_support(question: str) -> float:
    """Return the support below which no answer is given."""
    dense = len(_DENSE.findall(question)) > len(question) / 3
    return MIN_DENSE_SUPPORT if dense else MIN_SUPPORT


def support_of(question: str, source: Source) -> float:
    """Return the share of the question's content that the passage, its title and headings hold (0 to 1)."""
    asked = _asked(question, source.language)
    if not asked:
        return 0.0
    headings = [source.title, *source.heading_path.split(HEADING_SEPARATOR)]
    parts = [frozenset(content_tokens(part, source.language)) for part in headings if part]
    held = frozenset(analyse(source.text, source.language)).union(*parts)
    share = len(asked & held) / len(asked)
    is_topic = any(len(asked & part) >= len(part) / 2 for part in parts if part)
    is_weak = len(asked) <= SHORT_QUESTION_TOKENS and share <= 0.5 and not is_topic
    return share / 2 if is_weak else share


def _page(question: str, index: int, source: Source) -> _Page:
    found = units(source.text, source.language)
    own_heading = source.heading_path.rpartition(HEADING_SEPARATOR)[2]
    return _Page(
        index=index,
        source=source,
        units=found,
        tokens=[frozenset(analyse(unit.text, source.language)) for unit in found],
        asked=_asked(question, source.language),
        heading=frozenset(analyse(own_heading, source.language)),
        title=frozenset(analyse(f"{source.title} {source.heading_path}", source.language)),
        support=support_of(question, source),
    )


@lru_cache(maxsize=256)
def _asked(question: str, language: str) -> frozenset[str]:
    return frozenset(content_tokens(question, language))


def _score(pages: Sequence[_Page], wants_number: bool) -> list[_Scored]:
    documents = [held for page in pages for held in page.tokens]
    scored = [
        _Scored(page, place, _unit_score(page, place, weights, wants_number))
        for page in pages
        for weights in (_weights(page.asked, documents),)
        for place in range(len(page.units))
    ]
    return sorted(scored, key=lambda entry: (-entry.score, entry.page.index, entry.place))


def _unit_score(page: _Page, place: int, weights: Mapping[str, float], wants_number: bool) -> float:
    total = sum(weights.values()) or 1.0
    before = page.tokens[place - 1] if place else frozenset()
    score = sum(weight * _share(token, page, page.tokens[place], before) for token, weight in weights.items())
    score = score / total + _PASSAGE_SHARE * page.support / (page.index + 1) ** 0.5
    if place == 0:
        score += _OPENING_SHARE * len(page.asked & page.heading) / (len(page.asked) or 1)
    if wants_number and _NUMBER.search(page.units[place].text):
        score += _NUMBER_SHARE
    return float(score)


def _share(token: str, page: _Page, held: frozenset[str], before: frozenset[str]) -> float:
    """Return how much of a token a unit may claim: said here, in its heading, just before, or in the title."""
    if token in held:
        return 1.0
    if token in page.heading:
        return _HEADING_SHARE
    return max(_NEIGHBOUR_SHARE * (token in before), _TITLE_SHARE * (token in page.title))


def _weights(asked: frozenset[str], documents: Sequence[frozenset[str]]) -> dict[str, float]:
    total = len(documents)
    return {
        token: log(1 + (total + 1) / (1 + sum(1 for held in documents if token in held))) for token in asked
    }


def _choose(scored: Sequence[_Scored]) -> list[_Scored]:
    best = scored[0]
    if whole_list := _list_around(best):
        return whole_list
    chosen, length = [best], word_count(best.unit.text)
    for entry in scored[1:]:
        if len(chosen) == MAX_SENTENCES or entry.score < _ADDED_SHARE * best.score:
            break
        size = word_count(entry.unit.text)
        if length + size <= MAX_WORDS and _belongs(entry, chosen):
            chosen.append(entry)
            length += size
    return chosen


def _belongs(entry: _Scored, chosen: Sequence[_Scored]) -> bool:
    """Tell whether a unit adds to the answer: it goes on from the best one, or says more of the question."""
    best = chosen[0]
    if entry.unit.kind is UnitKind.CODE or _INTRODUCES.search(entry.unit.text):
        return False
    if entry.page is not best.page and entry.unit.kind is UnitKind.STEP:
        return False
    if entry.page is best.page:
        return bool(entry.matched) or (entry.place == best.place + 1 and entry.unit.block == best.unit.block)
    said = frozenset[str]().union(*(one.matched | one.page.heading for one in chosen))
    return bool(entry.matched - said)


def _list_around(best: _Scored) -> list[_Scored]:
    """Return the list that the best unit is a step of, or that it introduces with a colon."""
    place, found = best.place, best.page.units
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
    return [_Scored(best.page, index, best.score) for index in range(first, last)]


def word_count(text: str) -> int:
    """Return the number of words; scripts without spaces count two characters as one."""
    dense = len(_DENSE.findall(text))
    return len(_DENSE.sub(" ", text).split()) + (dense + 1) // 2


def _quotes(chosen: Sequence[_Scored]) -> tuple[Quote, ...]:
    ordered = sorted(chosen, key=lambda entry: (entry.page.index, entry.place))
    return tuple(
        Quote(entry.page.source.number, entry.unit.start, entry.unit.end, entry.unit.text, entry.unit.kind)
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
    return start + (_readable_row(quote.text) if quote.kind is UnitKind.ROW else quote.text)


def _readable_row(text: str) -> str:
    """Return a table's row without its rules: the first cell names what the others say."""
    first, *others = [cell.strip() for cell in text.strip().strip("|").split("|")]
    return f"{first}: {' · '.join(filter(None, others))}" if others else first


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

"""Decides which passages a question is answered from.

Called by the answer engine and by the page that tests a question; two statements on a warm path.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, cast

import regex
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from knowledge import analysis, index, ranking
from knowledge.index import FoundPassage
from knowledge.models import ItemState, KnowledgeBase, KnowledgeItem

MAX_QUESTION_CHARACTERS = 2_000
MAX_TOKENS = 64
# From this size on, a base's commonest words cost more than they tell.
LARGE_BASE_PASSAGES = 5_000
DEFAULT_LIMIT = 8

_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage with where it stands; ids are public, `start` and `end` count in the item's content."""

    chunk_id: str
    item_id: str
    title: str
    url: str
    place: str
    heading_path: str
    text: str
    start: int
    end: int
    language: str
    score: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The best passages, best first, and how well they carry the question (0 to 1)."""

    passages: tuple[ScoredPassage, ...]
    support: float
    elapsed_ms: float

    @property
    def is_supported(self) -> bool:
        return self.support >= ranking.MIN_SUPPORT


@dataclass(frozen=True, slots=True)
class SearchedBase:
    """A base as a search sees it: a changed base has another version, so what is kept by it never grows stale."""

    pk: int
    public_id: str
    language: str
    index_version: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a retriever hands back: passages with their scores, best first."""

    found: tuple[tuple[FoundPassage, float], ...]
    support: float


class Retriever(Protocol):
    def search(self, bases: Sequence[SearchedBase], question: str, language: str, limit: int) -> Ranking: ...


class DatabaseRetriever:
    """The database's own full-text search over analysed tokens, re-scored here."""

    def search(self, bases: Sequence[SearchedBase], question: str, language: str, limit: int) -> Ranking:
        spoken = _languages(bases)
        # A visitor's settings only break ties: many ask in another language than their browser speaks.
        spoken.sort(key=lambda code: code != language)
        language = analysis.detect_language(question, spoken)
        content = analysis.content_tokens(question, language)[:MAX_TOKENS]
        asked = _asked(bases, question, language, content)
        base_ids = [base.pk for base in bases]
        tokens = [token for pk in base_ids for token in analysis.prefixed(dict.fromkeys(asked), pk)]
        passages = {passage.pk: passage for passage in index.find_candidates(tokens, base_ids)}
        candidates = [ranking.Candidate(pk, _plain_tokens(one.search_text)) for pk, one in passages.items()]
        ranked = ranking.rank(asked, candidates, limit=limit)
        is_dense = len(_DENSE.findall(question)) > len(question) / 3
        support = ranking.support(content, ranked, candidates, is_dense=is_dense)
        return Ranking(tuple((passages[entry.key], entry.score) for entry in ranked), support)


def search(chatbot_id: int, question: str, *, language: str = "", limit: int = DEFAULT_LIMIT) -> Retrieval:
    """Return the passages of a bot's knowledge that answer a question best."""
    bases = KnowledgeBase.objects.filter(chatbots=chatbot_id)
    return search_bases(bases, question, language=language, limit=limit)


def search_bases(
    bases: QuerySet[KnowledgeBase], question: str, *, language: str = "", limit: int = DEFAULT_LIMIT
) -> Retrieval:
    """Return the passages of these bases, already scoped by the caller, that answer a question best."""
    started = time.perf_counter()
    rows = bases.order_by("pk").values_list("pk", "public_id", "language", "index_version")
    chosen = tuple(SearchedBase(*row) for row in rows)
    asked = question[:MAX_QUESTION_CHARACTERS]
    ranked = _retriever().search(chosen, asked, language, limit) if chosen else Ranking((), 0.0)
    passages = _passages(ranked)
    return Retrieval(passages, ranked.support, (time.perf_counter() - started) * 1000)


def supported(retrieval: Retrieval) -> Retrieval:
    """Return the retrieval without its passages where they do not carry the question."""
    return retrieval if retrieval.is_supported else replace(retrieval, passages=())


@lru_cache(maxsize=1)
def _retriever() -> Retriever:
    return cast(Retriever, import_string(settings.RETRIEVERS["database"])())


def _asked(bases: Sequence[SearchedBase], question: str, language: str, content: list[str]) -> list[str]:
    """Return the tokens to search by; a large base is not asked for words without content."""
    if len(set(content)) > 1 and sum(map(_size_of, bases)) > LARGE_BASE_PASSAGES:
        return content
    return analysis.analyse(question, language)[:MAX_TOKENS]


def _passages(ranked: Ranking) -> tuple[ScoredPassage, ...]:
    paged = {passage.item_pk for passage, _score in ranked.found if passage.page_count}
    offsets = (
        dict(KnowledgeItem.objects.filter(pk__in=paged).values_list("pk", "page_offsets")) if paged else {}
    )
    return tuple(
        ScoredPassage(
            chunk_id=passage.chunk_id,
            item_id=passage.item_id,
            title=passage.title,
            url=passage.url,
            place=place_of(passage, offsets.get(passage.item_pk, [])),
            heading_path=passage.heading_path,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            language=passage.language,
            score=round(score, 4),
        )
        for passage, score in ranked.found
    )


def place_of(passage: FoundPassage, page_offsets: Sequence[int]) -> str:
    """Return where in its item a passage stands, in words: its page and its headings."""
    page = index.page_of(passage.start, page_offsets)
    parts = [_("Page %(number)d") % {"number": page}] if page else []
    return " · ".join([*parts, passage.heading_path] if passage.heading_path else parts)


def _plain_tokens(search_text: str) -> list[str]:
    """Return tokens without their base's prefix, so that bases are compared by word."""
    prefix = search_text.partition("x")[0]
    # One pass in C: a passage holds hundreds of tokens, and fifty passages are compared.
    return f" {search_text}".replace(f" {prefix}x", " ").split()


@lru_cache(maxsize=4096)
def _languages_of(base: SearchedBase) -> tuple[str, ...]:
    items = KnowledgeItem.objects.filter(knowledge_base_id=base.pk, deleted_at=None, state=ItemState.READY)
    return tuple(sorted(items.exclude(language="").order_by().values_list("language", flat=True).distinct()))


@lru_cache(maxsize=4096)
def _size_of(base: SearchedBase) -> int:
    items = KnowledgeItem.objects.filter(knowledge_base_id=base.pk, deleted_at=None)
    return items.aggregate(total=Sum("passage_count"))["total"] or 0


def _languages(bases: Sequence[SearchedBase]) -> list[str]:
    spoken = {language for base in bases for language in _languages_of(base)}
    return sorted(spoken) or sorted({base.language for base in bases})

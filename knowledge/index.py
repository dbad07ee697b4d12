"""Decides what is findable: writes an item's passages and asks the database's full-text search for candidates.

Called by ingestion (all writes in its transaction), retrieval, and the command rebuild_search.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from knowledge import analysis, chunking
from knowledge.models import ItemKind, KnowledgeBase, KnowledgeChunk, KnowledgeItem

BATCH_SIZE = 500
HEADING_SEPARATOR = " › "
HEADING_CHARACTERS = 500
CANDIDATES = 50

_FTS_INSERT = "INSERT INTO knowledge_passage_search (rowid, search_text) VALUES (%s, %s)"
_FTS_DELETE = (
    "INSERT INTO knowledge_passage_search (knowledge_passage_search, rowid, search_text) "
    "VALUES ('delete', %s, %s)"
)

_COLUMNS = """
SELECT c.id, c.public_id, c.start, c.{end}, c.heading_path, c.text, c.language, c.search_text,
       i.id, i.public_id, i.title, i.source_url, i.page_count
"""
_JOINS = """
JOIN knowledge_knowledgechunk c ON c.id = found.id
JOIN knowledge_knowledgeitem i ON i.id = c.item_id
WHERE i.deleted_at IS NULL AND c.knowledge_base_id IN ({bases})
"""
_SQLITE_CANDIDATES = """
FROM (SELECT rowid AS id FROM knowledge_passage_search
      WHERE knowledge_passage_search MATCH %s ORDER BY rank LIMIT {limit}) found
"""
_MYSQL_CANDIDATES = """
FROM (SELECT id, MATCH (search_text) AGAINST (%s) AS score FROM knowledge_knowledgechunk
      WHERE MATCH (search_text) AGAINST (%s) ORDER BY score DESC LIMIT {limit}) found
"""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A candidate as the database brings it back, with what is shown of its item."""

    pk: int
    chunk_id: str
    start: int
    end: int
    heading_path: str
    text: str
    language: str
    search_text: str
    item_pk: int
    item_id: str
    title: str
    url: str
    page_count: int


def replace_chunks(item: KnowledgeItem, passages: Sequence[chunking.Passage]) -> int:
    """Put an item's new passages in place of its old ones, in one transaction; return how many there are."""
    chunks = _chunks(item, passages)
    with transaction.atomic():
        _delete(item)
        for start in range(0, len(chunks), BATCH_SIZE):
            _insert(chunks[start : start + BATCH_SIZE])
        bump(item.knowledge_base_id)
    return len(chunks)


def remove_chunks(item: KnowledgeItem) -> None:
    """Take an item's passages out of the search."""
    with transaction.atomic():
        _delete(item)
        bump(item.knowledge_base_id)


def passages_of(item: KnowledgeItem, *, is_rows: bool = False) -> list[chunking.Passage]:
    """Cut an item's content; an answer to a question stays whole."""
    if item.kind == ItemKind.QUESTION_ANSWER:
        return chunking.whole(item.content)
    return chunking.split(item.content, rows=is_rows)


def searched_title(item: KnowledgeItem) -> str:
    """Return what counts as the item's title in the search: every phrasing of a question."""
    return "\n".join(item.questions) if item.kind == ItemKind.QUESTION_ANSWER else item.title


def rewrite(chunks: Iterable[KnowledgeChunk]) -> int:
    """Analyse passages again and write their search rows anew; the rows' item must be loaded."""
    count = 0
    for chunk in chunks:
        chunk.search_text = _search_text(chunk.item, chunk.heading_path, chunk.text, chunk.language)
        chunk.token_count = len(chunk.search_text.split())
        chunk.save(update_fields=["search_text", "token_count"])
        if connection.vendor == "sqlite":
            _execute_many(_FTS_INSERT, [(chunk.pk, chunk.search_text)])
        count += 1
    return count


def clear_search_rows() -> None:
    """Empty the search tables that stand beside the model's own; MySQL keeps none."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO knowledge_passage_search (knowledge_passage_search) VALUES ('delete-all')"
            )
            cursor.execute("DELETE FROM knowledge_item_search")


def write_item(item: KnowledgeItem) -> None:
    """Write the row by which people find the item itself; MySQL indexes the columns on its own."""
    if connection.vendor != "sqlite":
        return
    delete_item(item.pk)
    if item.deleted_at is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO knowledge_item_search (rowid, title, content) VALUES (%s, %s, %s)",
                (item.pk, searched_title(item), item.content),
            )


def delete_item(item_id: int) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM knowledge_item_search WHERE rowid = %s", (item_id,))


def find_candidates(tokens: Sequence[str], base_ids: Sequence[int]) -> list[FoundPassage]:
    """Return the passages that the database finds best by base-prefixed tokens; one statement."""
    if not tokens or not base_ids:
        return []
    is_sqlite = connection.vendor == "sqlite"
    query = [" OR ".join(tokens)] if is_sqlite else [" ".join(tokens)] * 2
    found = _SQLITE_CANDIDATES if is_sqlite else _MYSQL_CANDIDATES
    statement = (_COLUMNS + found + _JOINS).format(
        end=connection.ops.quote_name("end"), limit=CANDIDATES, bases=", ".join(["%s"] * len(base_ids))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*query, *base_ids])
        return [FoundPassage(*row) for row in cursor.fetchall()]


def _chunks(item: KnowledgeItem, passages: Sequence[chunking.Passage]) -> list[KnowledgeChunk]:
    chunks = []
    for position, passage in enumerate(passages):
        heading = HEADING_SEPARATOR.join(passage.heading_path)[:HEADING_CHARACTERS]
        search_text = _search_text(item, heading, passage.text, item.language)
        chunks.append(
            KnowledgeChunk(
                knowledge_base_id=item.knowledge_base_id,
                item=item,
                position=position,
                start=passage.start,
                end=passage.end,
                heading_path=heading,
                text=passage.text,
                language=item.language,
                text_hash=hash_of(passage.text),
                search_text=search_text,
                token_count=search_text.count(" ") + 1,
            )
        )
    return chunks


def _search_text(item: KnowledgeItem, heading: str, text: str, language: str) -> str:
    path = heading.split(HEADING_SEPARATOR)
    return analysis.search_text(
        searched_title(item), path, text, language=language, base_id=item.knowledge_base_id
    )


def _insert(chunks: list[KnowledgeChunk]) -> None:
    KnowledgeChunk.objects.bulk_create(chunks)
    if connection.vendor == "sqlite":
        _execute_many(_FTS_INSERT, [(chunk.pk, chunk.search_text) for chunk in chunks])


def _delete(item: KnowledgeItem) -> None:
    old = KnowledgeChunk.objects.filter(item=item)
    if connection.vendor == "sqlite":
        # A contentless table forgets a row only when it is told what the row said.
        _execute_many(_FTS_DELETE, list(old.values_list("pk", "search_text")))
    old.delete()


def _execute_many(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def bump(base_id: int) -> None:
    KnowledgeBase.objects.filter(pk=base_id).update(
        index_version=F("index_version") + 1, updated_at=timezone.now()
    )


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def page_of(offset: int, page_offsets: Sequence[int]) -> int:
    """Return the number of the page that an offset lies on, from 1; 0 where there are no pages."""
    return bisect_right(page_offsets, offset) if page_offsets else 0

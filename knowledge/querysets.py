"""The query vocabulary of knowledge items. Every query from a request starts at `for_customer()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

import regex
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from accounts.querysets import TenantQuerySet

# A row that nobody has touched for so long, though its work is due, has lost its wake-up.
PATIENCE = timedelta(seconds=10)


class ItemQuerySet(TenantQuerySet[Any]):
    def live(self) -> Self:
        """Items that are not deleted."""
        return self.filter(deleted_at=None)

    def in_progress(self) -> Self:
        return self.filter(state__in=("QUEUED", "EXTRACTING", "INDEXING"))

    def claimable(self) -> Self:
        """Items with work to do that nobody holds."""
        return self.live().in_progress().filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))

    def forgotten(self) -> Self:
        """Items whose wake-up was lost, or whose worker died."""
        return self.claimable().filter(updated_at__lt=timezone.now() - PATIENCE)

    def listed(self) -> Self:
        """What a list shows, without the items' contents."""
        return self.select_related("knowledge_base").defer("content", "page_offsets")

    def matching(self, words: str) -> Self:
        """Items whose title or content has the words, by the database's full-text search."""
        terms = [term for term in _terms(words) if term]
        if not terms:
            return self
        if connection.vendor == "sqlite":
            return self.filter(Q(pk__in=_sqlite_ids(terms)) | Q(title__icontains=words.strip()))
        matches = _MySQLMatch(" ".join(f"+{term}*" for term in terms))
        return self.filter(Q(matches) | Q(title__icontains=words.strip()))


class _MySQLMatch(models.Func):
    template = (
        "MATCH (knowledge_knowledgeitem.title, knowledge_knowledgeitem.content) "
        "AGAINST (%(expressions)s IN BOOLEAN MODE)"
    )
    output_field = models.BooleanField()
    conditional = True

    def __init__(self, query: str) -> None:
        super().__init__(models.Value(query))


def _terms(words: str) -> Sequence[str]:
    """Return the words with nothing in them that a search language could mean something by."""
    return regex.findall(r"[\p{L}\p{N}\p{M}]+", words)[:12]


def _sqlite_ids(terms: Sequence[str]) -> models.expressions.RawSQL:
    query = " ".join(f'"{term}"*' for term in terms)
    return models.expressions.RawSQL(
        "SELECT rowid FROM knowledge_item_search WHERE knowledge_item_search MATCH %s", (query,)
    )

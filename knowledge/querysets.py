"""The query vocabulary of knowledge items. Every query from a request starts at `for_customer()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

import regex
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.querysets import TenantQuerySet

# A row that nobody has touched for so long, though its work is due, has lost its wake-up.
PATIENCE = timedelta(seconds=10)

_SQLITE = "SELECT rowid FROM knowledge_item_search WHERE knowledge_item_search MATCH %s"
_MYSQL = "SELECT id FROM knowledge_knowledgeitem WHERE MATCH (title, content) AGAINST (%s IN BOOLEAN MODE)"


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
        return self.filter(Q(pk__in=_found(terms)) | Q(title__icontains=words.strip()))


def _terms(words: str) -> Sequence[str]:
    """Return the words with nothing in them that a search language could mean something by."""
    return regex.findall(r"[\p{L}\p{N}\p{M}]+", words)[:12]


def _found(terms: Sequence[str]) -> RawSQL:
    """Return the subquery of the items that have every term, as a word or the beginning of one."""
    if connection.vendor == "sqlite":
        return RawSQL(_SQLITE, (" ".join(f'"{term}"*' for term in terms),))  # noqa: S611 (a constant statement; the words are a parameter)
    return RawSQL(_MYSQL, (" ".join(f"+{term}*" for term in terms),))  # noqa: S611 (likewise)

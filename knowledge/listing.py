"""Decides what the list of knowledge shows: filters, counts, pages and each row's words.

Called by the views and by the search of the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Customer
from knowledge.extraction import FAILURES
from knowledge.index import page_of as page_of_offset
from knowledge.models import ItemKind, ItemState, KnowledgeChunk, KnowledgeItem
from knowledge.querysets import ItemQuerySet
from knowledge.retrieval import Retrieval

PAGE_SIZE = 25
SEARCH_LIMIT = 8
RUNNING = (ItemState.QUEUED, ItemState.EXTRACTING, ItemState.INDEXING)
STATES: Mapping[str, tuple[str, ...]] = {
    "": tuple(ItemState.values),
    "ready": (ItemState.READY,),
    "running": RUNNING,
    "failed": (ItemState.FAILED,),
}
_ICONS = {
    ItemKind.TEXT: "note",
    ItemKind.QUESTION_ANSWER: "question",
    ItemKind.FILE: "file",
    ItemKind.WEB_PAGE: "globe",
    ItemKind.SITEMAP: "globe",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the list says."""

    state: str = ""
    kind: str = ""
    words: str = ""
    bot: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Filters:
        state, kind = query.get("state", ""), query.get("kind", "")
        return cls(
            state=state if state in STATES else "",
            kind=kind if kind in ItemKind.values else "",
            words=query.get("q", "").strip()[:200],
            bot=query.get("bot", "")[:40],
        )


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the words of the list."""

    item: KnowledgeItem
    icon: str
    detail: str
    is_running: bool
    reason: str
    remedy: str
    progress_text: str
    changed: str


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    total: int
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Totals:
    items: int
    passages: int
    languages: int


def search_items(customer: Customer, query: str, limit: int = SEARCH_LIMIT) -> list[KnowledgeItem]:
    """Return the customer's items whose title or content has the words, newest first."""
    if not query.strip():
        return []
    items = KnowledgeItem.objects.for_customer(customer).live().matching(query)
    return list(items.listed().order_by("-pk")[:limit])


def filtered(customer: Customer, filters: Filters) -> ItemQuerySet:
    items = KnowledgeItem.objects.for_customer(customer).live()
    if filters.kind:
        items = items.filter(kind=filters.kind)
    if filters.bot:
        items = items.filter(knowledge_base__chatbots__public_id=filters.bot)
    return items.matching(filters.words) if filters.words else items


def page_of(customer: Customer, filters: Filters, *, before: str = "", after: str = "") -> Page:
    """Return one page of the list, newest first, and the cursors of its neighbours."""
    items = filtered(customer, filters).filter(state__in=STATES[filters.state])
    mark = KnowledgeItem.objects.for_customer(customer).filter(public_id=before or after).first()
    chosen = items.order_by("-pk")
    if mark and before:
        chosen = items.filter(pk__lt=mark.pk).order_by("-pk")
    elif mark and after:
        chosen = items.filter(pk__gt=mark.pk).order_by("pk")
    found = list(chosen.listed()[: PAGE_SIZE + 1])
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if after:
        found.reverse()
    newer = found[0].public_id if found and (has_more if after else bool(before)) else ""
    older = found[-1].public_id if found and (bool(after) or has_more) else ""
    return Page([row_of(item) for item in found], items.count(), newer, older)


def counts(customer: Customer, filters: Filters) -> dict[str, int]:
    """Return how many items there are in each state, for the tabs."""
    found = filtered(customer, filters).aggregate(
        **{f"in_{name}": Count("pk", filter=Q(state__in=states)) for name, states in STATES.items()}
    )
    return {name: found[f"in_{name}"] for name in STATES}


def totals(customer: Customer) -> Totals:
    items = KnowledgeItem.objects.for_customer(customer).live()
    found: dict[str, Any] = items.aggregate(
        items=Count("pk"),
        passages=Sum("passage_count"),
        languages=Count("language", distinct=True, filter=~Q(language="")),
    )
    return Totals(found["items"], found["passages"] or 0, found["languages"])


def row_of(item: KnowledgeItem) -> Row:
    reason, remedy = failure_of(item)
    return Row(
        item=item,
        icon=_ICONS[ItemKind(item.kind)],
        detail=" · ".join(filter(None, _details(item))),
        is_running=item.state in RUNNING,
        reason=reason,
        remedy=remedy,
        progress_text=_progress(item),
        changed=_changed(item.updated_at),
    )


def failure_of(item: KnowledgeItem) -> tuple[str, str]:
    """Return why an item failed and what to do, in the reader's language where the words are known."""
    if item.state != ItemState.FAILED:
        return "", ""
    if item.failure_code in FAILURES:
        reason, remedy = FAILURES[item.failure_code]
        return str(reason), str(remedy)
    return item.failure_reason, item.failure_remedy


def _details(item: KnowledgeItem) -> list[str]:
    if item.kind == ItemKind.TEXT:
        return [_("Written here")]
    if item.kind == ItemKind.QUESTION_ANSWER:
        return [
            ngettext("%(count)d phrasing", "%(count)d phrasings", len(item.questions))
            % {"count": len(item.questions)}
        ]
    if item.kind == ItemKind.FILE:
        ending = item.file_name.rsplit(".", 1)[-1].upper()[:5] if "." in item.file_name else _("File")
        pages = ngettext("%(count)d page", "%(count)d pages", item.page_count) % {"count": item.page_count}
        return [ending, filesizeformat(item.byte_size), pages if item.page_count else ""]
    return [item.source_url.partition("://")[2]]


def _changed(moment: datetime) -> str:
    if timezone.now() - moment < timedelta(days=1):
        return str(naturaltime(moment))
    return date_format(timezone.localtime(moment), "j M Y" if moment.year < timezone.now().year else "j M")


def _progress(item: KnowledgeItem) -> str:
    if item.state == ItemState.EXTRACTING and item.progress_total:
        return _("Reading, page %(done)d of %(total)d") % {
            "done": item.progress_done,
            "total": item.progress_total,
        }
    return {ItemState.EXTRACTING: _("Reading"), ItemState.INDEXING: _("Indexing")}.get(
        ItemState(item.state), ""
    )


def passages_of(item: KnowledgeItem, chunks: Iterable[KnowledgeChunk]) -> list[dict[str, Any]]:
    """Return what the bot read of an item, passage by passage, with page numbers where there are pages."""
    return [
        {
            "number": chunk.position + 1,
            "heading": chunk.heading_path,
            "page": page_of_offset(chunk.start, item.page_offsets),
            "text": chunk.text,
            "language": chunk.language,
        }
        for chunk in chunks
    ]


def scored(found: Retrieval | None) -> list[dict[str, Any]]:
    """Return a search's passages for the passage component; scores as shares of the best one."""
    if found is None or not found.passages:
        return []
    best = found.passages[0].score or 1.0
    return [
        {
            "number": number,
            "title": passage.title,
            "url": reverse("knowledge:detail", args=(passage.item_id,)),
            "place": passage.place,
            "score": found.support * passage.score / best,
            "used": found.is_supported,
            "text": passage.text,
        }
        for number, passage in enumerate(found.passages, start=1)
    ]

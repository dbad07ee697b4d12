"""Decides how queued items are worked on: claimed by one worker, read, cut, and shown or failed with a reason.

Called by the tasks, and by ingestion for work done at once. Safe to run twice and to die at any line:
every write names the work's number, and a lease that ran out lets another worker begin anew.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from knowledge import files, index, web_page
from knowledge.analysis import detect_language
from knowledge.chunking import Passage
from knowledge.exceptions import ExtractionError
from knowledge.extraction import extract
from knowledge.formats.document import Document
from knowledge.models import ItemKind, ItemState, KnowledgeItem

LEASE = timedelta(minutes=5)
PROGRESS_SECONDS = 0.5
PURGE_BATCH = 200

logger = logging.getLogger("knowledge")


def read_now(item_id: int) -> bool:
    """Work on one item if it has work and nobody holds it; return whether this call finished it."""
    item = claim(item_id)
    if item is None:
        return False
    try:
        document = _document(item)
        return _finish(item, document)
    except ExtractionError as error:
        logger.info("knowledge_item_failed", extra={"item": item.public_id, "code": error.code})
        return _fail(item, error)


def claim(item_id: int) -> KnowledgeItem | None:
    """Take an item's work under a new number; None when there is none to take."""
    now = timezone.now()
    taken = (
        KnowledgeItem.objects.claimable()
        .filter(pk=item_id)
        .update(
            work_number=F("work_number") + 1,
            lease_until=now + LEASE,
            state=ItemState.EXTRACTING,
            updated_at=now,
        )
    )
    return KnowledgeItem.objects.select_related("knowledge_base__customer").get(pk=item_id) if taken else None


def mark_ready(item: KnowledgeItem, passages: Sequence[Passage]) -> bool:
    """Show an item's passages in place of its old ones, in one transaction; False when its work is not ours."""
    with transaction.atomic():
        held = KnowledgeItem.objects.live().filter(pk=item.pk, work_number=item.work_number)
        shown = held.update(
            title=item.title,
            content=item.content,
            content_hash=item.content_hash,
            language=item.language,
            byte_size=item.byte_size,
            page_offsets=list(item.page_offsets),
            page_count=len(item.page_offsets),
            passage_count=len(passages),
            state=ItemState.READY,
            failure_code="",
            failure_reason="",
            failure_remedy="",
            lease_until=None,
            live_since=timezone.now(),
            updated_at=timezone.now(),
        )
        if shown:
            index.replace_chunks(item, passages)
            index.write_item(item)
    return bool(shown)


def wake_forgotten() -> list[int]:
    """Return the items whose work was lost on the way, for the sweep to wake."""
    return list(KnowledgeItem.objects.forgotten().order_by("updated_at").values_list("pk", flat=True)[:100])


def purge_deleted(before: timedelta) -> int:
    """Remove for good what was deleted longer ago than `before`, files included."""
    due = KnowledgeItem.objects.filter(deleted_at__lt=timezone.now() - before).order_by("pk")
    with transaction.atomic():
        rows = list(due.values_list("pk", "file")[:PURGE_BATCH])
        files.discard_on_commit([name for _pk, name in rows])
        KnowledgeItem.objects.filter(pk__in=[pk for pk, _name in rows]).delete()
    return len(rows)


def _document(item: KnowledgeItem) -> Document:
    """Return what the item's source says now."""
    on_progress = _progress_of(item)
    if item.kind == ItemKind.FILE:
        with item.file.open("rb") as source:
            return extract(source, name=item.file_name, on_progress=on_progress)
    if item.kind == ItemKind.WEB_PAGE:
        return web_page.read(item.source_url, on_progress)
    return Document(item.title, item.content)


def _finish(item: KnowledgeItem, document: Document) -> bool:
    _write(item, state=ItemState.INDEXING)
    is_written_here = item.kind in {ItemKind.TEXT, ItemKind.QUESTION_ANSWER}
    item.title = item.title if is_written_here else (document.title or item.title)[:300]
    item.content = document.text
    item.content_hash = index.hash_of(document.text)
    item.page_offsets = list(document.page_offsets)
    if item.kind == ItemKind.WEB_PAGE:
        item.byte_size = len(document.text.encode())
    item.language = item.language or detect_language(f"{item.title}\n{document.text}")
    return mark_ready(item, index.passages_of(item, is_rows=document.is_rows))


def _fail(item: KnowledgeItem, error: ExtractionError) -> bool:
    return _write(
        item,
        state=ItemState.FAILED,
        failure_code=error.code[:40],
        failure_reason=error.message[:300],
        failure_remedy=error.remedy[:300],
        lease_until=None,
    )


def _progress_of(item: KnowledgeItem) -> Callable[[int, int], None]:
    """Return a callback that writes progress, and with it a longer lease, twice a second at most."""
    written = 0.0

    def write(done: int, total: int) -> None:
        nonlocal written
        now = time.monotonic()
        if now - written >= PROGRESS_SECONDS or done == total:
            written = now
            _write(item, progress_done=done, progress_total=total, lease_until=timezone.now() + LEASE)

    return write


def _write(item: KnowledgeItem, **fields: object) -> bool:
    """Write to the item only while its work is still this one."""
    held = KnowledgeItem.objects.live().filter(pk=item.pk, work_number=item.work_number)
    return bool(held.update(**fields, updated_at=timezone.now()))

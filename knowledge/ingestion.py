"""Decides what becomes knowledge: adds, edits, deletes and restores items, within the plan's limits.

Called by the dashboard, the API and the demo; the reading itself is knowledge.reading, woken after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Customer
from billing import quotas
from knowledge import files, index
from knowledge.analysis import detect_language
from knowledge.exceptions import EditError
from knowledge.extraction import failure
from knowledge.formats.document import UnreadableError, checked, normalise, one_line, title_from_name
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem
from knowledge.reading import mark_ready, read_now
from knowledge.tasks import read_item

if TYPE_CHECKING:
    from chatbots.models import Chatbot

TITLE_CHARACTERS = 300
MAX_QUESTIONS = 20
RESTORABLE_FOR = timedelta(days=30)
WRITTEN_HERE = frozenset({ItemKind.TEXT, ItemKind.QUESTION_ANSWER})


@dataclass(frozen=True, slots=True)
class Room:
    """What a customer's knowledge takes up."""

    items: int
    bytes: int


def base_for(chatbot: "Chatbot") -> KnowledgeBase:
    """Return the bot's own knowledge base, made when it is first needed."""
    base = chatbot.knowledge_bases.order_by("pk").first()
    if base is None:
        with transaction.atomic():
            base = KnowledgeBase.objects.create(customer_id=chatbot.customer_id, name=chatbot.name[:80])
            base.chatbots.add(chatbot)
    return base


def room_taken(customer: Customer) -> Room:
    """Return how many items and bytes of knowledge a customer has."""
    found = (
        KnowledgeItem.objects.for_customer(customer)
        .live()
        .aggregate(items=Count("pk"), bytes=Coalesce(Sum("byte_size"), 0))
    )
    return Room(found["items"], found["bytes"])


def add_text(
    base: KnowledgeBase, *, title: str, content: str, language: str = "", external_id: str | None = None
) -> KnowledgeItem:
    """Add a text written by a person (Markdown)."""
    content = _clean(content)
    title = one_line(title) or _first_line(content)
    return _add(
        base, kind=ItemKind.TEXT, title=title, content=content, language=language, external_id=external_id
    )


def add_question_answer(
    base: KnowledgeBase,
    *,
    questions: Sequence[str],
    answer: str,
    language: str = "",
    external_id: str | None = None,
) -> KnowledgeItem:
    """Add an answer with the phrasings of its question; the first one is its title."""
    asked = _questions(questions)
    return _add(
        base,
        kind=ItemKind.QUESTION_ANSWER,
        title=asked[0],
        questions=asked,
        content=_clean(answer),
        language=language,
        external_id=external_id,
    )


def add_file(
    base: KnowledgeBase, *, name: str, upload: IO[bytes], language: str = "", external_id: str | None = None
) -> KnowledgeItem:
    """Add a file; what kind it is shows when it is read."""
    size = upload.seek(0, 2)
    upload.seek(0)
    if size > settings.KNOWLEDGE_FILE_MAX_BYTES:
        raise failure("too_large")
    if size == 0:
        raise failure("empty")
    return _add(
        base,
        kind=ItemKind.FILE,
        title=title_from_name(name) or name,
        upload=upload,
        file_name=name.replace("\\", "/").rsplit("/", 1)[-1][:255],
        byte_size=size,
        language=language,
        external_id=external_id,
    )


def add_web_page(
    base: KnowledgeBase, *, url: str, language: str = "", external_id: str | None = None
) -> KnowledgeItem:
    """Add one page of a web site, which is fetched and read in the background."""
    return _add(
        base,
        kind=ItemKind.WEB_PAGE,
        title=url.removeprefix("https://").removeprefix("http://"),
        source_url=url,
        language=language,
        external_id=external_id,
    )


def ingest_now(item: KnowledgeItem) -> KnowledgeItem:
    """Do an item's work in this process, and return the item as it is afterwards."""
    read_now(item.pk)
    item.refresh_from_db()
    return item


def edit_item(
    item: KnowledgeItem,
    *,
    title: str | None = None,
    content: str | None = None,
    questions: Sequence[str] | None = None,
    language: str | None = None,
) -> KnowledgeItem:
    """Change an item; its new passages replace the old ones in the same transaction."""
    if (content is not None or questions is not None) and item.kind not in WRITTEN_HERE:
        raise EditError("not_editable", _("The text of a file or page comes from its source."))
    with transaction.atomic():
        item = KnowledgeItem.objects.select_for_update().get(pk=item.pk)
        if questions is not None:
            item.questions = _questions(questions)
            title = item.questions[0]
        if content is not None:
            item.content = _clean(content)
            item.byte_size = len(item.content.encode())
            item.content_hash = index.hash_of(item.content)
        if title is not None:
            item.title = one_line(title)[:TITLE_CHARACTERS] or item.title
        if language is not None:
            item.language = language or detect_language(f"{item.title}\n{item.content}")
        _save_edited(item)
    return item


def delete_item(item: KnowledgeItem) -> None:
    """Delete an item: it is out of every answer at once, and restorable for thirty days."""
    with transaction.atomic():
        gone = KnowledgeItem.objects.live().filter(pk=item.pk)
        if gone.update(deleted_at=timezone.now(), lease_until=None, updated_at=timezone.now()):
            index.remove_chunks(item)
            index.delete_item(item.pk)


def restore_item(item: KnowledgeItem) -> None:
    """Undo a deletion; the item's text is indexed again in the background."""
    with transaction.atomic():
        _check_room(item.knowledge_base.customer, adding_bytes=item.byte_size)
        gone = KnowledgeItem.objects.filter(pk=item.pk, deleted_at__isnull=False)
        if gone.update(deleted_at=None, state=ItemState.QUEUED, updated_at=timezone.now()):
            item.refresh_from_db()
            index.write_item(item)
            read_item.wake(item.pk)


def retry(item: KnowledgeItem) -> bool:
    """Queue a failed item again; return whether it was one."""
    return _requeue(item, (ItemState.FAILED,))


def read_again(item: KnowledgeItem) -> bool:
    """Fetch and read a web page anew; the old passages serve until the new ones stand."""
    return _requeue(item, (ItemState.READY, ItemState.FAILED))


def _requeue(item: KnowledgeItem, states: Sequence[str]) -> bool:
    with transaction.atomic():
        changed = (
            KnowledgeItem.objects.live()
            .filter(pk=item.pk, state__in=states)
            .update(
                state=ItemState.QUEUED,
                failure_code="",
                failure_reason="",
                failure_remedy="",
                progress_done=0,
                progress_total=0,
                lease_until=None,
                updated_at=timezone.now(),
            )
        )
        if changed:
            read_item.wake(item.pk)
    return bool(changed)


def _add(base: KnowledgeBase, *, upload: IO[bytes] | None = None, **fields: object) -> KnowledgeItem:
    item = KnowledgeItem(knowledge_base=base, **fields)
    item.title = item.title[:TITLE_CHARACTERS]
    item.byte_size = item.byte_size or len(item.content.encode())
    item.content_hash = index.hash_of(item.content) if item.content else ""
    with transaction.atomic():
        _check_room(base.customer, adding_bytes=item.byte_size)
        if upload is not None:
            files.store(item, upload)
        item.save()
        index.write_item(item)
        read_item.wake(item.pk)
    return item


def _save_edited(item: KnowledgeItem) -> None:
    item.save()
    if item.state in {ItemState.READY, ItemState.FAILED} and item.content:
        mark_ready(item, index.passages_of(item))
    else:
        index.write_item(item)


def _check_room(customer: Customer, *, adding_bytes: int) -> None:
    # Locking the tenant's row makes two uploads at once count each other.
    Customer.objects.select_for_update().get(pk=customer.pk)
    taken = room_taken(customer)
    quotas.check_room(customer, "knowledge_items", taken.items)
    quotas.check_room(customer, "knowledge_bytes", taken.bytes, adding=adding_bytes)


def _questions(questions: Sequence[str]) -> list[str]:
    asked = list(dict.fromkeys(filter(None, map(one_line, questions))))[:MAX_QUESTIONS]
    if not asked:
        raise EditError("no_question", _("Write at least one question."))
    return [question[:TITLE_CHARACTERS] for question in asked]


def _clean(content: str) -> str:
    try:
        return checked(normalise(content))
    except UnreadableError as error:
        raise failure(error.code) from error


def _first_line(content: str) -> str:
    return one_line(content.split("\n", 1)[0]).lstrip("# ")[:80]

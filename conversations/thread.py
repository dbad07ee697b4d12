"""Decides what a member sees of a conversation: its messages, who answers and how long, the contact.

Called by the dashboard's views and the playground; reads only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from conversations.markdown import render_answer
from conversations.models import (
    Answering,
    AuthorKind,
    Conversation,
    DeliveryStatus,
    Message,
    MessageState,
)

PAGE_SIZE = 100
KINDS = {
    AuthorKind.VISITOR: "visitor",
    AuthorKind.BOT: "bot",
    AuthorKind.AGENT: "person",
    AuthorKind.PHONE: "person",
    AuthorKind.SYSTEM: "event",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A cited passage as evidence."""

    number: int
    title: str
    url: str
    place: str
    quote: str
    item: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message ready for its template; `html` is safe, `text` is not."""

    id: str
    kind: str
    author_name: str
    text: str
    html: SafeString | None
    created_at: datetime
    citations: tuple[Source, ...]
    details: tuple[str, ...]
    is_running: bool
    is_failed: bool
    is_stopped: bool
    is_refused: bool
    delivery: str
    delivery_error: str
    feedback: int
    has_passages: bool


@dataclass(frozen=True, slots=True)
class Thread:
    messages: list[ShownMessage]
    earlier_than: int | None
    sequence: int
    revision: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A person answers until `until`; the line above the thread counts down."""

    is_mine: bool
    name: str
    until: datetime
    seconds_left: int


@dataclass(frozen=True, slots=True)
class ContactFacts:
    earlier: list[Conversation]
    earlier_count: int
    sources: list[Source]


def load(
    conversation: Conversation, before: int | None = None, *, limit: int = PAGE_SIZE, in_full: bool = False
) -> Thread:
    """The newest messages, or those before a sequence number; oldest first."""
    rows = conversation.messages.newest_first()
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    newest = list(rows[: limit + 1])
    shown = newest[:limit][::-1]
    _catch_up(conversation, shown)
    return Thread(
        messages=[show(message, conversation, in_full=in_full) for message in shown],
        earlier_than=shown[0].sequence if len(newest) > limit else None,
        sequence=conversation.last_sequence,
        revision=conversation.last_revision,
    )


def changed_since(
    conversation: Conversation, revision: int, *, in_full: bool = False
) -> list[tuple[int, ShownMessage]]:
    """What is new or has changed since a revision, with its sequence, oldest first."""
    rows = list(conversation.messages.revised_after(revision).newest_first()[:PAGE_SIZE])
    _catch_up(conversation, rows)
    return [(row.sequence, show(row, conversation, in_full=in_full)) for row in reversed(rows)]


def _catch_up(conversation: Conversation, rows: Sequence[Message]) -> None:
    """Messages were read after the conversation: the page's cursor must not lie behind what it shows."""
    sequences, revisions = [row.sequence for row in rows], [row.revision for row in rows]
    conversation.last_sequence = max([conversation.last_sequence, *sequences])
    conversation.last_revision = max([conversation.last_revision, *revisions])


def show(message: Message, conversation: Conversation, *, in_full: bool = False) -> ShownMessage:
    """`in_full` adds what the playground wants to know: passages, tokens and cost."""
    is_bot = message.author_kind == AuthorKind.BOT
    sources = sources_of(message.citations)
    return ShownMessage(
        id=message.public_id,
        kind=KINDS[AuthorKind(message.author_kind)],
        author_name=_author_name(message, conversation),
        text=message.content,
        html=render_answer(message.content, {each.number for each in sources}, message.public_id)
        if is_bot
        else None,
        created_at=message.created_at,
        citations=sources,
        details=(_full_details(message) if in_full else _details(message)) if is_bot else (),
        is_running=message.state == MessageState.RUNNING,
        is_failed=message.state == MessageState.FAILED,
        is_stopped=message.state == MessageState.STOPPED,
        is_refused=bool(message.refusal_cause) and message.state != MessageState.FAILED,
        delivery=message.delivery_status.lower()
        if KINDS[AuthorKind(message.author_kind)] == "person"
        else "",
        delivery_error=message.delivery_error if message.delivery_status == DeliveryStatus.FAILED else "",
        feedback=message.feedback,
        has_passages=bool(message.retrieved or message.refusal_cause),
    )


def sources_of(citations: Iterable[dict[str, Any]]) -> tuple[Source, ...]:
    """Citations as evidence; only web addresses become links."""
    return tuple(
        Source(
            number=int(citation["number"]),
            title=citation.get("title", ""),
            url=web_address(citation.get("url")) or item_address(citation.get("item")),
            place=citation.get("place", ""),
            quote=citation.get("quote", ""),
            item=citation.get("item", ""),
        )
        for citation in citations
    )


def web_address(address: str | None) -> str:
    return address if address and urlsplit(address).scheme in {"http", "https"} else ""


def item_address(item: str | None) -> str:
    """The page of the knowledge item that a citation names."""
    return reverse("knowledge:detail", args=(item,)) if item else ""


def lease(conversation: Conversation, user: User, now: datetime | None = None) -> Lease | None:
    """Who keeps the bot quiet and for how long; None once that has run out."""
    until = conversation.answering_until
    left = int((until - (now or timezone.now())).total_seconds()) if until else 0
    if conversation.answering != Answering.PERSON or until is None or left <= 0:
        return None
    name = str(conversation.assignee or _("Somebody"))
    return Lease(is_mine=conversation.assignee_id == user.pk, name=name, until=until, seconds_left=left)


def contact_facts(
    conversation: Conversation, customer: Customer, shown: Iterable[ShownMessage]
) -> ContactFacts:
    """The contact's other conversations (two statements) and the sources of the messages on the page."""
    others = (
        Conversation.objects.for_customer(customer)
        .real()
        .filter(contact_id=conversation.contact_id, last_message_at__isnull=False)
        .exclude(pk=conversation.pk)
        .order_by("-last_message_at")
    )
    earlier = list(others[:5])
    count = others.aggregate(number=Count("pk"))["number"] if len(earlier) == 5 else len(earlier)
    return ContactFacts(earlier=earlier, earlier_count=count, sources=_counted(shown))


def _counted(shown: Iterable[ShownMessage]) -> list[Source]:
    """Each source once, the most used first, numbered anew."""
    cited = [source for message in shown for source in message.citations]
    times = Counter((source.title, source.item) for source in cited)
    newest = {(source.title, source.item): source for source in cited}
    return [
        Source(number, newest[key].title, newest[key].url, newest[key].place, "", key[1], times=count)
        for number, (key, count) in enumerate(times.most_common(8), start=1)
    ]


def _author_name(message: Message, conversation: Conversation) -> str:
    if message.author_kind == AuthorKind.VISITOR:
        return contact_name(conversation)
    if message.author_kind == AuthorKind.BOT:
        return conversation.chatbot.name
    if message.author_kind == AuthorKind.PHONE:
        return _("From the phone")
    return str(message.author) if message.author else ""


def contact_name(conversation: Conversation) -> str:
    contact = conversation.contact
    return contact.name or contact.email or contact.phone or _("Visitor")


def _details(message: Message) -> tuple[str, ...]:
    """What stands in the small line below an answer."""
    parts = []
    if message.version is not None:
        parts.append(_("version %(number)d") % {"number": message.version.number})
    if message.total_ms is not None:
        parts.append(seconds(message.total_ms))
    return tuple(parts)


def _full_details(message: Message) -> tuple[str, ...]:
    """As `_details`, and what the answer took: passages, tokens, money."""
    used = {citation.get("chunk") for citation in message.citations}
    parts = [*(_details(message) if message.version else (_("Draft"), *_details(message)))]
    if message.retrieved:
        words = _("%(read)d passages, %(used)d used")
        parts.append(words % {"read": len(message.retrieved), "used": len(used)})
    if message.input_tokens or message.output_tokens:
        words = _("%(given)d + %(made)d tokens")
        parts.append(words % {"given": message.input_tokens, "made": message.output_tokens})
    if message.cost_micros:
        parts.append(f"{message.cost_micros / 1_000_000:.4f} {message.cost_currency}")
    return tuple(parts)


def seconds(milliseconds: float) -> str:
    """A duration in words: "0.24 s" below a second, "1.4 s" above."""
    value = milliseconds / 1000
    return _("%(value)s s") % {"value": f"{value:.2f}" if value < 1 else f"{value:.1f}"}

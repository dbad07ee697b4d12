"""Decides which conversations a list shows, in which order, and where its next page begins.

Called by the dashboard's views; every page is one statement, its tabs' counts another.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from accounts.history import parse_moment
from accounts.models import Customer, User
from conversations.forms import Outcome, Queue
from conversations.models import AuthorKind, Conversation, ConversationStatus, Message
from conversations.querysets import ConversationQuerySet
from conversations.search import search

PAGE_SIZE = 30
SEPARATOR = "~"
QUEUES: dict[str, Q] = {
    Queue.OPEN: Q(status=ConversationStatus.ACTIVE),
    Queue.WAITING: Q(status=ConversationStatus.ACTIVE, answering="WAITING"),
    Queue.CLOSED: Q(status=ConversationStatus.CLOSED),
    Queue.ARCHIVED: Q(status=ConversationStatus.ARCHIVED),
    Queue.ALL: Q(),
}
OUTCOMES: dict[str, dict[str, Any]] = {
    Outcome.ANSWERED: {"state": "COMPLETE", "refusal_cause": ""},
    Outcome.REFUSED: {"refusal_cause__gt": ""},
    Outcome.HELPFUL: {"feedback": 1},
    Outcome.UNHELPFUL: {"feedback": -1},
}


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Conversation]
    older: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class QueueCounts:
    open: int
    waiting: int
    mine: int


def page(customer: Customer, user: User, chosen: dict[str, Any], cursor: str = "") -> Page:
    """One page of the chosen conversations, unread first; `older` is the cursor of the next, or empty."""
    place = _parse(cursor)
    found = _filtered(customer, user, chosen).for_list().unread_first()
    rows = list((found.beyond(*place) if place else found)[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return Page(rows=shown, older=_cursor(shown[-1]) if len(rows) > PAGE_SIZE else "", is_first=place is None)


def counts(customer: Customer, user: User) -> QueueCounts:
    """How many are open, wait for a person, and are answered by this user."""
    numbers = _listed(customer).aggregate(
        open=Count("pk", filter=QUEUES[Queue.OPEN]),
        waiting=Count("pk", filter=QUEUES[Queue.WAITING]),
        mine=Count("pk", filter=_mine(user)),
    )
    return QueueCounts(**numbers)


def _listed(customer: Customer) -> ConversationQuerySet:
    return Conversation.objects.for_customer(customer).real().filter(last_message_at__isnull=False)


def _mine(user: User) -> Q:
    return Q(status=ConversationStatus.ACTIVE, answering="PERSON", assignee=user)


def _filtered(customer: Customer, user: User, chosen: dict[str, Any]) -> ConversationQuerySet:
    queue = chosen.get("queue", Queue.OPEN)
    found = _listed(customer).filter(_mine(user) if queue == Queue.MINE else QUEUES[queue])
    if "channel" in chosen:
        found = found.filter(channel=chosen["channel"])
    if "bot" in chosen:
        found = found.filter(chatbot__public_id=chosen["bot"])
    if "since" in chosen:
        found = found.filter(created_at__gte=_midnight(chosen["since"]))
    if "until" in chosen:
        found = found.filter(created_at__lte=datetime.combine(chosen["until"], time.max, tzinfo=UTC))
    return search(_with_outcome(found, chosen.get("outcome", "")), chosen.get("q", ""))


def _with_outcome(found: ConversationQuerySet, outcome: str) -> ConversationQuerySet:
    if outcome == Outcome.HANDED:
        return found.filter(handover_at__isnull=False)
    if not outcome:
        return found
    answers = Message.objects.filter(conversation=OuterRef("pk"), author_kind=AuthorKind.BOT)
    return found.filter(Exists(answers.filter(**OUTCOMES[outcome])))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _cursor(row: Conversation) -> str:
    at = row.last_message_at or row.created_at
    return SEPARATOR.join(("1" if row.unread_count else "0", at.isoformat(), row.public_id))


def _parse(cursor: str) -> tuple[bool, datetime, str] | None:
    """The place that a cursor names; anything that is none begins at the top."""
    parts = cursor.split(SEPARATOR)
    if len(parts) != 3:
        return None
    at = parse_moment(parts[1])
    return (parts[0] == "1", at, parts[2]) if at is not None else None

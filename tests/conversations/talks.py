"""Ready-made talks for the pages' tests, and counting of statements without transaction control."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatbots.models import Chatbot
from conversations.models import AuthorKind, Conversation, Message, MessageRole
from tests import factories

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
CITATION = {
    "number": 1,
    "chunk": "psg_1",
    "item": "item_1",
    "title": "Taking your battery on a trip",
    "url": "https://lantern.example/battery",
    "place": "Page · § Flights",
    "quote": "Batteries above 160 Wh are not allowed.",
}
READ = {
    "chunk": "psg_1",
    "item": "item_1",
    "title": "Taking your battery on a trip",
    "place": "Page",
    "score": 0.84,
}


def make_talk(chatbot: Chatbot, question: str, answer: str = "", **fields: Any) -> Conversation:
    """A conversation of one question, with its answer where one is given."""
    at = fields.pop("created_at", timezone.now())
    answering = fields.pop("answer_fields", {})
    number = next(factories.numbers)
    defaults = {
        "preview": question[:160],
        "last_message_at": at,
        "created_at": at,
        "open_key": f"talk:{number}",
        "last_sequence": 1 + bool(answer),
        "last_revision": 1 + bool(answer),
    }
    conversation = factories.make_conversation(chatbot, **{**defaults, **fields})
    say(conversation, 1, AuthorKind.VISITOR, question, created_at=at)
    if answer:
        say(conversation, 2, AuthorKind.BOT, answer, created_at=at, **answering)
    return conversation


def say(conversation: Conversation, sequence: int, author: str, text: str, **fields: Any) -> Message:
    role = MessageRole.USER if author == AuthorKind.VISITOR else MessageRole.ASSISTANT
    defaults = {"role": role, "author_kind": author, "sequence": sequence, "revision": sequence}
    return Message.objects.create(conversation=conversation, content=text, **{**defaults, **fields})


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@contextmanager
def statements(expected: int) -> Iterator[None]:
    """Exactly so many statements, transaction control left out."""
    with CaptureQueriesContext(connection) as captured:
        yield
    made = [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]
    assert len(made) == expected, f"{len(made)} statements instead of {expected}:\n" + "\n".join(made)

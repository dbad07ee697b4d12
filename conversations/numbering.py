"""Numbers messages: sequence orders what was said, revision every change; commit order is number order.

The conversation's row is updated in the transaction that writes the message, so its lock orders the commits.
"""

from typing import Any

from django.db.models import F

from conversations.models import Conversation

COUNTERS = ("last_sequence", "last_revision")


def take_sequence(conversation: Conversation, **changes: Any) -> tuple[int, int]:
    """Give the next (sequence, revision) and write `changes` of the conversation in the same statement."""
    _advance(conversation, sequences=1, changes=changes)
    return conversation.last_sequence, conversation.last_revision


def take_revision(conversation: Conversation, **changes: Any) -> int:
    """Give the next revision for a change of a message that exists."""
    _advance(conversation, sequences=0, changes=changes)
    return conversation.last_revision


def _advance(conversation: Conversation, *, sequences: int, changes: dict[str, Any]) -> None:
    """One conditional UPDATE while our copy is fresh; else the row's own counters, read under its lock."""
    rows = Conversation.objects.filter(pk=conversation.pk)
    expected = {name: getattr(conversation, name) for name in COUNTERS}
    counted = {
        "last_sequence": F("last_sequence") + sequences,
        "last_revision": F("last_revision") + 1,
        **changes,
    }
    if rows.filter(**expected).update(**counted):
        conversation.last_sequence += sequences
        conversation.last_revision += 1
    else:
        rows.update(**counted)
        conversation.refresh_from_db(fields=COUNTERS)
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(conversation, name, value)

"""Numbers messages: sequence orders what was said, revision every change; commit order is number order.

The conversation's row is updated in the transaction that writes the message, so its lock orders the commits.
"""

from typing import Any

from django.db.models import F

from conversations.exceptions import ConversationArchivedError
from conversations.models import Conversation, ConversationStatus
from conversations.querysets import ConversationQuerySet

COUNTERS = ("last_sequence", "last_revision")


def take_sequence(conversation: Conversation, *, open_only: bool = False, **changes: Any) -> tuple[int, int]:
    """Give the next (sequence, revision) and write `changes` of the conversation in the same statement.

    `open_only`: ConversationArchivedError, and nothing written, when the row was put away meanwhile.
    """
    rows = Conversation.objects.filter(pk=conversation.pk)
    if open_only:
        rows = rows.exclude(status=ConversationStatus.ARCHIVED)
    if not _advance(conversation, rows, sequences=1, changes=changes):
        raise ConversationArchivedError
    return conversation.last_sequence, conversation.last_revision


def take_revision(conversation: Conversation, **changes: Any) -> int:
    """Give the next revision for a change of a message that exists."""
    rows = Conversation.objects.filter(pk=conversation.pk)
    _advance(conversation, rows, sequences=0, changes=changes)
    return conversation.last_revision


def _advance(
    conversation: Conversation, rows: ConversationQuerySet, *, sequences: int, changes: dict[str, Any]
) -> bool:
    """One conditional UPDATE while our copy is fresh; else what the row says, read under its lock."""
    expected = {name: getattr(conversation, name) for name in COUNTERS}
    counted = {
        "last_sequence": F("last_sequence") + sequences,
        "last_revision": F("last_revision") + 1,
        **changes,
    }
    if rows.filter(**expected).update(**counted):
        conversation.last_sequence += sequences
        conversation.last_revision += 1
    elif not rows.update(**counted):
        return False
    else:
        conversation.refresh_from_db(fields=(*COUNTERS, "answering", "answering_until"))
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(conversation, name, value)
    return True

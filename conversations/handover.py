"""Who answers, and where a conversation stands: asked for a person, taken over, handed back, closed.

Called by the dashboard, the widget socket and the API; a change is one conditional statement and a line of the thread.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from conversations import inbox, live
from conversations.models import (
    Answering,
    AuthorKind,
    Conversation,
    ConversationStatus,
    DeliveryStatus,
    Message,
    MessageRole,
)
from conversations.numbering import take_sequence
from integrations import webhooks


@transaction.atomic
def ask_person(conversation: Conversation, reason: str = "asked") -> bool:
    """Put the conversation into the queue of people; False when it is there or a person answers already."""
    now = timezone.now()
    waiting = Conversation.objects.filter(inbox.bot_speaks(now), pk=conversation.pk).update(
        answering=Answering.WAITING,
        handover_reason=reason,
        handover_at=now,
        answer_due_at=None,
        status=ConversationStatus.ACTIVE,
    )
    if not waiting:
        return False
    conversation.refresh_from_db()
    add_system_line(conversation, _("A person was asked to answer."))
    _tell(conversation, "conversation.handover_requested", reason=reason)
    return True


@transaction.atomic
def take_over(conversation: Conversation, user: User) -> None:
    """A person answers from now on; the bot stays silent until handed back or the lease runs out."""
    until = timezone.now() + timedelta(minutes=settings.PERSON_ANSWERS_MINUTES)
    before = conversation.answering
    Conversation.objects.filter(pk=conversation.pk).update(
        answering=Answering.PERSON, answering_until=until, assignee=user, answer_due_at=None
    )
    inbox.stop_running_answer(conversation)
    conversation.refresh_from_db()
    if before != Answering.PERSON:
        add_system_line(
            conversation, _("%(name)s joined the conversation.") % {"name": user.name or user.email}
        )
        _tell(conversation, "conversation.taken_over")


@transaction.atomic
def hand_back(conversation: Conversation, user: User) -> bool:
    """The bot answers again, in a fresh segment: it does not read what was said before."""
    changed = (
        Conversation.objects.filter(pk=conversation.pk)
        .exclude(answering=Answering.BOT)
        .update(
            answering=Answering.BOT,
            answering_until=None,
            handover_reason="",
            segment_start=conversation.last_sequence,
        )
    )
    if not changed:
        return False
    conversation.refresh_from_db()
    add_system_line(conversation, _("The bot answers again."))
    _tell(conversation, "conversation.handed_back")
    return True


def close(conversation: Conversation, user: User | None = None) -> bool:
    """Done for now; the contact's next message opens it again."""
    return _move(conversation, ConversationStatus.CLOSED, user, "conversation.closed")


def reopen(conversation: Conversation, user: User | None = None) -> bool:
    return _move(conversation, ConversationStatus.ACTIVE, user, "conversation.reopened")


def archive(conversation: Conversation, user: User | None = None) -> bool:
    """Put away: the contact's next message begins a new conversation."""
    return _move(conversation, ConversationStatus.ARCHIVED, user, "conversation.archived")


@transaction.atomic
def _move(conversation: Conversation, status: str, user: User | None, event: str) -> bool:
    """Change the status once; leaving the archive takes the open key back, if nobody holds it by now."""
    key = inbox.open_key(
        conversation.contact_id,
        conversation.chatbot_id,
        conversation.channel_account,
        is_preview=conversation.is_preview,
    )
    is_free = not Conversation.objects.filter(open_key=key).exclude(pk=conversation.pk).exists()
    if status != ConversationStatus.ARCHIVED and not is_free:
        return False
    changed = (
        Conversation.objects.filter(pk=conversation.pk)
        .exclude(status=status)
        .update(
            status=status,
            open_key=None if status == ConversationStatus.ARCHIVED else key,
            unread_count=0 if status != ConversationStatus.ACTIVE else conversation.unread_count,
            answer_due_at=None,
            updated_at=timezone.now(),
        )
    )
    if not changed:
        return False
    before = conversation.status
    conversation.refresh_from_db()
    audit.record(
        event,
        customer=conversation.customer,
        actor=user,
        object_id=conversation.public_id,
        before={"status": before},
        after={"status": status},
    )
    _tell(conversation, event)
    return True


def add_system_line(conversation: Conversation, text: str) -> Message:
    """A line of the thread that nobody said."""
    now = timezone.now()
    sequence, revision = take_sequence(conversation, updated_at=now)
    return Message.objects.create(
        conversation=conversation,
        role=MessageRole.SYSTEM,
        author_kind=AuthorKind.SYSTEM,
        content=text,
        sequence=sequence,
        revision=revision,
        channel_account=conversation.channel_account,
        delivery_status=DeliveryStatus.SENT,
        sent_at=now,
        created_at=now,
    )


def _tell(conversation: Conversation, event: str, **details: str) -> None:
    live.publish_conversation(conversation)
    if conversation.is_preview:
        return
    webhooks.emit(conversation.customer, event, {"conversation": conversation.public_id, **details})

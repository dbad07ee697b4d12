"""What people say, stored before anything is made of it; idempotent on client and external ids.

Called by the widget socket, WhatsApp's inbound processor, the dashboard and the API.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone

from accounts.models import User
from chatbots.models import Chatbot
from conversations import live, tasks, transports
from conversations.exceptions import ConversationArchivedError, EmptyMessageError, MessageTooLongError
from conversations.models import (
    Answering,
    AuthorKind,
    Channel,
    Contact,
    Conversation,
    ConversationStatus,
    DeliveryStatus,
    Message,
    MessageRole,
)
from conversations.numbering import take_revision, take_sequence
from integrations import webhooks

PREVIEW_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a contact, as its channel understood it."""

    chatbot: Chatbot
    contact: Contact
    text: str
    channel: str = Channel.WIDGET
    channel_account: str = "widget"
    client_id: str | None = None
    external_id: str | None = None
    locale: str = ""
    page_url: str = ""
    is_preview: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """The stored message; `created` is False when it had come before."""

    conversation: Conversation
    message: Message
    created: bool

    @property
    def is_for_the_bot(self) -> bool:
        return self.created and bot_answers(self.conversation)


def receive_message(inbound: InboundMessage, conversation: Conversation | None = None) -> Received:
    """Store a contact's message once and mark its answer as due.

    `conversation` is the caller's copy of the open one, if it has it; a stale copy is put right.
    """
    text = _clean(inbound.text)
    conversation = usable(conversation) or open_conversation(inbound)
    try:
        message = _store(conversation, inbound, text)
    except ConversationArchivedError:  # put away since the caller looked: these words begin a new one
        return receive_message(inbound)
    except IntegrityError:
        earlier = _earlier_copy(inbound, conversation)
        if earlier is None:
            raise
        return Received(conversation=earlier.conversation, message=earlier, created=False)
    return Received(conversation=conversation, message=message, created=True)


def bot_answers(conversation: Conversation, now: datetime | None = None) -> bool:
    """The bot speaks unless a person was asked for, or has answered and the lease still runs."""
    if conversation.answering == Answering.PERSON:
        until = conversation.answering_until
        return until is not None and until <= (now or timezone.now())
    return conversation.answering == Answering.BOT


def bot_speaks(now: datetime) -> Q:
    """The rows of which `bot_answers` says yes."""
    return Q(answering=Answering.BOT) | Q(answering=Answering.PERSON, answering_until__lte=now)


def _now_if_the_bot_speaks(now: datetime) -> Case:
    moment = Value(now, output_field=DateTimeField())
    return Case(When(bot_speaks(now), then=moment), default=None, output_field=DateTimeField())


def open_key(contact_id: int, chatbot_id: int, channel_account: str, *, is_preview: bool = False) -> str:
    return f"{'preview:' if is_preview else ''}{contact_id}:{chatbot_id}:{channel_account}"


def find_open_conversation(contact: Contact, chatbot: Chatbot, channel_account: str) -> Conversation | None:
    key = open_key(contact.pk, chatbot.pk, channel_account)
    return Conversation.objects.for_customer(chatbot.customer).filter(open_key=key).first()


def open_conversation(inbound: InboundMessage) -> Conversation:
    """The contact's conversation that is not archived, made on first need."""
    key = open_key(
        inbound.contact.pk, inbound.chatbot.pk, inbound.channel_account, is_preview=inbound.is_preview
    )
    found = Conversation.objects.filter(open_key=key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _start_conversation(inbound, key)
    except IntegrityError:  # another message of the same contact was quicker
        return Conversation.objects.get(open_key=key)


def _start_conversation(inbound: InboundMessage, key: str) -> Conversation:
    conversation = Conversation.objects.create(
        customer_id=inbound.chatbot.customer_id,
        chatbot=inbound.chatbot,
        contact=inbound.contact,
        channel=inbound.channel,
        channel_account=inbound.channel_account,
        locale=inbound.locale[:16],
        page_url=inbound.page_url[:1000],
        is_preview=inbound.is_preview,
        open_key=key,
    )
    if not inbound.is_preview:
        webhooks.emit(
            inbound.chatbot.customer,
            "conversation.created",
            {"conversation": conversation.public_id, "channel": conversation.channel},
        )
    return conversation


def usable(conversation: Conversation | None) -> Conversation | None:
    """The conversation, unless it was put away: then the contact's next words begin a new one."""
    return conversation if conversation and conversation.status != ConversationStatus.ARCHIVED else None


def _clean(text: str) -> str:
    """The text without NUL and lone surrogates, which no database keeps."""
    cleaned = text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not cleaned:
        raise EmptyMessageError
    if len(cleaned) > settings.WIDGET_MESSAGE_MAX_CHARACTERS:
        raise MessageTooLongError
    return cleaned


@transaction.atomic
def _store(conversation: Conversation, inbound: InboundMessage, text: str) -> Message:
    now = timezone.now()
    sequence, revision = take_sequence(
        conversation,
        open_only=True,
        status=ConversationStatus.ACTIVE,
        preview=text[:PREVIEW_CHARACTERS],
        last_message_at=now,
        last_inbound_at=now,
        unread_count=F("unread_count") + 1,
        # Judged by the row, not by our copy: a person may have taken over since.
        answer_due_at=_now_if_the_bot_speaks(now),
        updated_at=now,
    )
    message = Message.objects.create(
        conversation=conversation,
        role=MessageRole.USER,
        author_kind=AuthorKind.VISITOR,
        content=text,
        sequence=sequence,
        revision=revision,
        channel_account=conversation.channel_account,
        client_id=inbound.client_id,
        external_id=inbound.external_id,
        delivery_status=DeliveryStatus.DELIVERED,
        delivered_at=now,
        created_at=now,
    )
    announce(conversation, message)
    return message


def _earlier_copy(inbound: InboundMessage, conversation: Conversation) -> Message | None:
    """The message that already carries this client id here, or this external id on the account."""
    same = Q()
    if inbound.client_id:
        same |= Q(conversation=conversation, client_id=inbound.client_id)
    if inbound.external_id:
        same |= Q(channel_account=inbound.channel_account, external_id=inbound.external_id)
    if not same:
        return None
    return Message.objects.filter(same).select_related("conversation", "conversation__chatbot").first()


def announce(conversation: Conversation, message: Message) -> None:
    """Tell sockets and webhooks of a new message, in its own transaction; the playground stays private."""
    live.publish_conversation(conversation)
    if conversation.is_preview:
        return
    webhooks.emit(
        conversation.chatbot.customer,
        "message.created",
        {
            "conversation": conversation.public_id,
            "message": message.public_id,
            "role": message.role,
            "author": message.author_kind.lower(),
            "text": message.content,
        },
    )


@transaction.atomic
def reply_as_person(conversation: Conversation, user: User, text: str, *, client_id: str | None) -> Message:
    """A person's answer: it silences the bot, and each further one renews that lease.

    The same client id twice is one message. ConversationArchivedError asks to reopen first.
    """
    if conversation.status == ConversationStatus.ARCHIVED:
        raise ConversationArchivedError
    cleaned = _clean(text)
    if client_id:
        earlier = conversation.messages.filter(client_id=client_id).first()
        if earlier is not None:
            return earlier
    now = timezone.now()
    sequence, revision = take_sequence(
        conversation,
        open_only=True,
        **_person_answers(user, now),
        preview=cleaned[:PREVIEW_CHARACTERS],
        last_message_at=now,
    )
    message = Message.objects.create(
        conversation=conversation,
        role=MessageRole.ASSISTANT,
        author_kind=AuthorKind.AGENT,
        author=user,
        content=cleaned,
        sequence=sequence,
        revision=revision,
        channel_account=conversation.channel_account,
        client_id=client_id,
        created_at=now,
    )
    stop_running_answer(conversation)
    deliver_later(conversation, message)
    announce(conversation, message)
    return message


def _person_answers(user: User, now: datetime) -> dict[str, object]:
    return {
        "answering": Answering.PERSON,
        "answering_until": now + timedelta(minutes=settings.PERSON_ANSWERS_MINUTES),
        "assignee": user,
        "status": ConversationStatus.ACTIVE,
        "unread_count": 0,
        "answer_due_at": None,
        "updated_at": now,
    }


def stop_running_answer(conversation: Conversation) -> None:
    """Ask the owner of a running answer to stop: at once in this process, at its next heartbeat elsewhere."""
    asked = conversation.turns.filter(active_key__isnull=False).update(stop_requested_at=timezone.now())
    if asked:
        transaction.on_commit(lambda: live.request_stop(conversation.pk))


def deliver_later(conversation: Conversation, message: Message) -> None:
    """Mark a stored message of ours sent where rows are the delivery; else wake the transport's task."""
    if transports.delivers_by_row(conversation.channel):
        message.advance_status(DeliveryStatus.SENT, timezone.now())
    else:
        tasks.deliver_message.wake(message.pk)


@transaction.atomic
def set_feedback(conversation: Conversation, message_id: str, value: int) -> bool:
    """Keep a visitor's thumb on an answer (1, -1, or 0 to take it back); False when there is no such answer."""
    answers = conversation.messages.filter(public_id=message_id, author_kind=AuthorKind.BOT)
    if value not in {-1, 0, 1} or not answers.exists():
        return False
    answers.update(feedback=value, revision=take_revision(conversation), updated_at=timezone.now())
    live.publish_conversation(conversation)
    return True


def mark_read(conversation: Conversation) -> None:
    """The customer's side has seen everything."""
    if Conversation.objects.filter(pk=conversation.pk, unread_count__gt=0).update(unread_count=0):
        conversation.unread_count = 0
        live.publish_conversation(conversation)

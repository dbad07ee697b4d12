"""Opens, keeps, closes and fails a turn: one answer being made, under a lease with an epoch.

Called by answering and the sweep. Every write of a turn carries `WHERE epoch = …`: what a process that
was paused still holds is not written. Rows are locked in one order everywhere: conversation, turn, message,
counters; two answers of one customer then never wait for each other in a circle.
"""

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing import quotas
from billing.exceptions import QuotaExceeded
from chatbots.models import AnswerMode
from chatbots.publishing import Persona, draft_persona, live_persona
from conversations import consumption, handover, inbox, live, transports
from conversations.exceptions import TurnLostError, TurnRunningError
from conversations.models import (
    AuthorKind,
    Conversation,
    DeliveryStatus,
    Message,
    MessageRole,
    MessageState,
    RefusalCause,
    Turn,
    TurnState,
)
from conversations.numbering import take_revision, take_sequence
from integrations import providers
from integrations.providers.base import ChatMessage, ProviderSettings, TokenUsage, cost_micros
from usage.models import Reservation

HISTORY_MESSAGES = 10
ANSWER_FIELDS = (
    "content",
    "state",
    "citations",
    "retrieved",
    "refusal_cause",
    "input_tokens",
    "output_tokens",
    "cost_micros",
    "cost_currency",
    "first_token_ms",
    "total_ms",
    "revision",
    "delivery_status",
    "sent_at",
)
OWNER = f"{socket.gethostname()}:{os.getpid()}"[:80]
DRAFT_VERSION = "draft"


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """All that an answer needs, read in one transaction; the stages hand it on unchanged."""

    turn_id: int
    epoch: int
    conversation: Conversation
    message: Message
    question: str
    language: str
    persona: Persona
    provider: ProviderSettings
    history: tuple[ChatMessage, ...]
    reservation: Reservation | None
    opened_at: datetime

    @property
    def is_grounded(self) -> bool:
        return self.persona.answer_mode == AnswerMode.GROUNDED


@dataclass(slots=True)
class Answer:
    """What a turn has produced so far; `close_turn` writes it."""

    text: str = ""
    citations: list[dict[str, Any]] = field(default_factory=list)
    retrieved: list[dict[str, Any]] = field(default_factory=list)
    refusal_cause: str = ""
    usage: TokenUsage = field(default_factory=lambda: TokenUsage(0, 0))
    called_provider: bool = False
    is_stopped: bool = False
    first_token_ms: int | None = None


def due_question(conversation_id: int) -> Message | None:
    """The contact's newest message, if its answer is due and nobody works on it."""
    conversation = (
        Conversation.objects.filter(pk=conversation_id, answer_due_at__isnull=False)
        .select_related("chatbot__customer", "chatbot__live_version")
        .first()
    )
    if conversation is None:
        return None
    question = conversation.messages.filter(role=MessageRole.USER).order_by("-sequence").first()
    if question is not None:
        question.conversation = conversation
    return question


def open_turn(question: Message) -> OpenTurn | Message:
    """Reserve, load and create the answer's row; one transaction.

    Returns the message that refuses instead when the customer's limit is spent. TurnRunningError when the
    conversation has a running answer: that one looks for this question at its end.
    """
    conversation = question.conversation
    try:
        with transaction.atomic():
            return _open(question, conversation)
    except IntegrityError as error:
        if Turn.objects.filter(active_key=str(conversation.pk)).exists():
            raise TurnRunningError from error
        raise
    except QuotaExceeded:
        return refuse_for_quota(conversation)


def _open(question: Message, conversation: Conversation) -> OpenTurn:
    customer = conversation.chatbot.customer
    persona = _persona(conversation)
    provider = providers.settings_for(customer)
    now = timezone.now()
    history = _history(conversation, question)
    sequence, revision = take_sequence(conversation, answer_due_at=None, updated_at=now)
    if sequence != question.sequence + 1 and _is_overtaken(conversation, question, sequence):
        raise TurnRunningError  # rolled back: a newer question keeps its due mark
    message = Message.objects.create(
        conversation=conversation,
        role=MessageRole.ASSISTANT,
        author_kind=AuthorKind.BOT,
        state=MessageState.RUNNING,
        sequence=sequence,
        revision=revision,
        channel_account=conversation.channel_account,
        version_id=persona.version_id,
        provider=provider.kind,
        model=provider.model_for(persona.model_choice),
        created_at=now,
    )
    reservation = consumption.reserve(conversation, message, provider)
    turn = Turn.objects.create(
        conversation=conversation,
        question=question,
        message=message,
        owner=OWNER,
        lease_until=now + timedelta(seconds=settings.TURN_LEASE_SECONDS),
        reservation=reservation,
        active_key=str(conversation.pk),
    )
    live.publish_conversation(conversation)
    return OpenTurn(
        turn_id=turn.pk,
        epoch=turn.epoch,
        conversation=conversation,
        message=message,
        question=question.content,
        language=persona.language or conversation.locale.partition("-")[0].lower(),
        persona=persona,
        provider=provider,
        history=history,
        reservation=reservation,
        opened_at=now,
    )


def _is_overtaken(conversation: Conversation, question: Message, sequence: int) -> bool:
    """A newer question, an answer or a person came between the question and its turn."""
    since = conversation.messages.filter(sequence__gt=question.sequence, sequence__lt=sequence)
    return not inbox.bot_answers(conversation) or since.exclude(role=MessageRole.SYSTEM).exists()


def _persona(conversation: Conversation) -> Persona:
    """Visitors get the live version; the playground gets the draft unless it asked for the live one."""
    is_draft = conversation.is_preview and conversation.channel_account == DRAFT_VERSION
    return draft_persona(conversation.chatbot) if is_draft else live_persona(conversation.chatbot)


def _history(conversation: Conversation, question: Message) -> tuple[ChatMessage, ...]:
    """This contact's own words and their answers before the question, oldest first."""
    rows = conversation.messages.filter(
        sequence__gt=conversation.segment_start,
        sequence__lt=question.sequence,
        role__in=(MessageRole.USER, MessageRole.ASSISTANT),
        state__in=(MessageState.COMPLETE, MessageState.STOPPED),
    ).order_by("-sequence")
    pairs = rows.values_list("role", "content")[:HISTORY_MESSAGES]
    return tuple(
        ChatMessage(role="user" if role == MessageRole.USER else "assistant", content=content)
        for role, content in reversed(pairs)
    )


@transaction.atomic
def refuse_for_quota(conversation: Conversation) -> Message:
    """Say politely that no answer comes now; it costs nothing."""
    now = timezone.now()
    with override(conversation.locale or None):
        text = _("I cannot answer at the moment. You can ask for a person instead.")
    sequence, revision = take_sequence(conversation, answer_due_at=None, last_message_at=now, updated_at=now)
    message = Message.objects.create(
        conversation=conversation,
        role=MessageRole.ASSISTANT,
        author_kind=AuthorKind.BOT,
        content=text,
        refusal_cause=RefusalCause.QUOTA,
        sequence=sequence,
        revision=revision,
        channel_account=conversation.channel_account,
        created_at=now,
    )
    inbox.announce(conversation, message)
    return message


def keep_turn(turn: OpenTurn, text: str) -> tuple[bool, bool]:
    """Save the partial text and renew the lease: (is a stop asked for, does a dashboard watch).

    TurnLostError when the turn is no longer ours.
    """
    lease = timezone.now() + timedelta(seconds=settings.TURN_LEASE_SECONDS)
    mine = Turn.objects.filter(pk=turn.turn_id, epoch=turn.epoch, state=TurnState.OPEN)
    with transaction.atomic():
        if not mine.update(lease_until=lease):
            raise TurnLostError
        if text:
            Message.objects.filter(pk=turn.message.pk).update(content=text)
    stop_asked = mine.filter(stop_requested_at__isnull=False).exists()
    return stop_asked, live.is_watched(turn.conversation.public_id)


@transaction.atomic
def close_turn(turn: OpenTurn, answer: Answer) -> Message:
    """Write the answer, meter it and tell of it, exactly once; a refusal or an empty stop costs nothing."""
    message = turn.message
    now = timezone.now()
    message.revision = _take_last_words(turn.conversation, answer.text, now)
    _leave(turn.turn_id, turn.epoch, TurnState.STOPPED if answer.is_stopped else TurnState.DONE)
    message.content = answer.text
    message.state = MessageState.STOPPED if answer.is_stopped else MessageState.COMPLETE
    message.citations = answer.citations
    message.retrieved = answer.retrieved
    message.refusal_cause = answer.refusal_cause
    message.input_tokens = answer.usage.input_tokens
    message.output_tokens = answer.usage.output_tokens
    message.cost_micros = cost_micros(turn.provider, answer.usage)
    message.cost_currency = turn.provider.currency
    message.first_token_ms = answer.first_token_ms
    message.total_ms = _milliseconds(turn.opened_at, now)
    if transports.delivers_by_row(turn.conversation.channel):
        message.delivery_status, message.sent_at = DeliveryStatus.SENT, now
    message.save(update_fields=[*ANSWER_FIELDS, "updated_at"])
    consumption.settle(turn, answer, message)
    inbox.announce(turn.conversation, message)
    if answer.refusal_cause and not turn.conversation.is_preview:
        _call_person_if_refused_often(turn)
    return message


def _call_person_if_refused_often(turn: OpenTurn) -> None:
    """The bot's own rule: after so many refusals in a row a person is asked."""
    allowed = turn.persona.handover_rules.get("after_refusals")
    if not allowed:
        return
    answers = turn.conversation.messages.filter(
        author_kind=AuthorKind.BOT, sequence__gt=turn.conversation.segment_start
    )
    causes = answers.order_by("-sequence").values_list("refusal_cause", flat=True)[:allowed]
    if len(causes) == allowed and all(causes):
        handover.ask_person(turn.conversation, reason="refused")


def _take_last_words(conversation: Conversation, text: str, now: datetime) -> int:
    """Give the answer's new revision; its first words become the conversation's preview."""
    return take_revision(
        conversation, preview=text[: inbox.PREVIEW_CHARACTERS], last_message_at=now, updated_at=now
    )


def _leave(turn_id: int, epoch: int, state: str, error: str = "") -> None:
    """End the turn if it is still ours; TurnLostError otherwise."""
    ended = Turn.objects.filter(pk=turn_id, epoch=epoch, state=TurnState.OPEN).update(
        state=state, active_key=None, error=error[:200]
    )
    if not ended:
        raise TurnLostError


def _milliseconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() * 1000))


@transaction.atomic
def fail_turn(turn_id: int, epoch: int, *, reason: str, partial: str = "") -> Message:
    """End a turn without an answer, exactly once: the row says so, what was reserved goes back."""
    turn = Turn.objects.select_related("message", "reservation", "conversation__chatbot__customer").get(
        pk=turn_id
    )
    message, conversation = turn.message, turn.conversation
    message.revision = take_revision(conversation, updated_at=timezone.now())
    _leave(turn_id, epoch, TurnState.FAILED, error=reason)
    message.content = partial or message.content
    message.state = MessageState.FAILED
    message.refusal_cause = RefusalCause.PROVIDER
    message.delivery_status = DeliveryStatus.FAILED
    message.failed_at = timezone.now()
    message.save()
    if turn.reservation is not None:
        quotas.release(turn.reservation)
    live.publish_conversation(conversation)
    return message


def take_expired(limit: int = 50) -> list[tuple[int, int]]:
    """Turns whose lease ran out, each taken from its owner by a new epoch: [(turn id, epoch)]."""
    expired = Turn.objects.filter(state=TurnState.OPEN, lease_until__lt=timezone.now())
    taken = []
    for turn_id, epoch in expired.order_by("id").values_list("pk", "epoch")[:limit]:
        if Turn.objects.filter(pk=turn_id, epoch=epoch, state=TurnState.OPEN).update(epoch=epoch + 1):
            taken.append((turn_id, epoch + 1))
    return taken


def due_conversations(older_than_seconds: float, limit: int = 50) -> list[int]:
    """Conversations whose contact waits for the bot though no turn runs."""
    before = timezone.now() - timedelta(seconds=older_than_seconds)
    due = Conversation.objects.filter(inbox.bot_speaks(timezone.now()), answer_due_at__lt=before)
    return list(
        due.exclude(turns__active_key__isnull=False)
        .order_by("answer_due_at")
        .values_list("pk", flat=True)[:limit]
    )

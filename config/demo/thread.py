"""Decides how one conversation of the demo is written down: numbers, clock, delivery and last words.

Called by config.demo.scenes; rows stay unsaved until config.demo.history stores them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from chatbots.models import ChatbotVersion
from conversations.models import (
    Answering,
    AuthorKind,
    Channel,
    Conversation,
    DeliveryStatus,
    Message,
    MessageRole,
    MessageState,
)

PREVIEW_CHARACTERS = 160
WHATSAPP_FATES = {
    DeliveryStatus.READ: 72,
    DeliveryStatus.DELIVERED: 18,
    DeliveryStatus.SENT: 5,
    DeliveryStatus.FAILED: 5,
}
DELIVERY_ERRORS = ("131026: the number cannot receive the message", "131047: more than 24 hours have passed")


@dataclass(frozen=True, slots=True)
class BotLine:
    """What the bot says, and what it took."""

    text: str
    version: ChatbotVersion
    provider: str
    model: str = ""
    citations: tuple[dict[str, Any], ...] = ()
    refusal_cause: str = ""
    state: str = MessageState.COMPLETE
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    first_token_ms: int = 20
    total_ms: int = 60
    read_besides: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True)
class Thread:
    """A conversation being written; `clock` is the time of its newest message."""

    conversation: Conversation
    random: Random
    clock: datetime
    messages: list[Message] = field(default_factory=list)
    later_changes: int = 0

    def visitor(self, text: str, *, wait_seconds: int = 0) -> Message:
        self.clock += timedelta(seconds=wait_seconds)
        self.conversation.last_inbound_at = self.clock
        return self._add(
            MessageRole.USER,
            AuthorKind.VISITOR,
            text,
            delivery_status=DeliveryStatus.DELIVERED,
            delivered_at=self.clock,
        )

    def bot(self, line: BotLine) -> Message:
        self.clock += timedelta(milliseconds=line.total_ms)
        message = self._add(
            MessageRole.ASSISTANT,
            AuthorKind.BOT,
            line.text,
            version=line.version,
            provider=line.provider,
            model=line.model,
            citations=list(line.citations),
            retrieved=self._retrieved(line),
            refusal_cause=line.refusal_cause,
            state=line.state,
            input_tokens=line.input_tokens,
            output_tokens=line.output_tokens,
            cost_micros=line.cost_micros,
            cost_currency="USD",
            first_token_ms=line.first_token_ms,
            total_ms=line.total_ms,
        )
        self._deliver(message)
        return message

    def person(self, user: User, text: str, *, wait_seconds: int) -> Message:
        self.clock += timedelta(seconds=wait_seconds)
        message = self._add(MessageRole.ASSISTANT, AuthorKind.AGENT, text, author=user)
        self._deliver(message)
        return message

    def system(self, text: str) -> None:
        self.clock += timedelta(seconds=1)
        line = self._add(MessageRole.SYSTEM, AuthorKind.SYSTEM, text)
        line.delivery_status, line.sent_at = DeliveryStatus.SENT, self.clock

    def feedback(self, message: Message, value: int) -> None:
        self.later_changes += 1
        message.feedback = value
        message.revision = len(self.messages) + self.later_changes

    def wait_for_person(self, cause: str = "asked") -> None:
        self.conversation.answering = Answering.WAITING
        self.conversation.handover_reason = cause
        self.conversation.handover_at = self.clock
        self.system("A person was asked to answer.")

    def hand_back(self) -> None:
        self.system("The bot answers again.")
        self.conversation.answering = Answering.BOT
        self.conversation.handover_reason = ""
        self.conversation.segment_start = len(self.messages)

    def finish(self) -> None:
        spoken = [message for message in self.messages if message.role != MessageRole.SYSTEM]
        self.conversation.preview = spoken[-1].content[:PREVIEW_CHARACTERS]
        self.conversation.last_message_at = spoken[-1].created_at
        self.conversation.last_sequence = len(self.messages)
        self.conversation.last_revision = len(self.messages) + self.later_changes
        self.conversation.contact.last_seen_at = self.conversation.last_inbound_at

    def _add(self, role: MessageRole, kind: AuthorKind, text: str, **fields: Any) -> Message:
        number = len(self.messages) + 1
        message = Message(
            conversation=self.conversation,
            role=role,
            author_kind=kind,
            content=text,
            sequence=number,
            revision=number,
            channel_account=self.conversation.channel_account,
            created_at=self.clock,
            **fields,
        )
        if self.conversation.channel != Channel.WIDGET and role != MessageRole.SYSTEM:
            message.external_id = f"demo.{message.public_id}"
        self.messages.append(message)
        return message

    def _deliver(self, message: Message) -> None:
        if message.state == MessageState.FAILED:
            message.delivery_status, message.failed_at = DeliveryStatus.FAILED, self.clock
            return
        message.sent_at = self.clock
        message.delivery_status = DeliveryStatus.SENT
        if self.conversation.channel != Channel.WIDGET:
            self._deliver_by_telephone(message)

    def _deliver_by_telephone(self, message: Message) -> None:
        fates, weights = list(WHATSAPP_FATES), list(WHATSAPP_FATES.values())
        message.delivery_status = self.random.choices(fates, weights)[0]
        if message.delivery_status == DeliveryStatus.FAILED:
            message.failed_at, message.sent_at, message.external_id = self.clock, None, None
            message.delivery_error = self.random.choice(DELIVERY_ERRORS)
        if message.delivery_status in {DeliveryStatus.DELIVERED, DeliveryStatus.READ}:
            message.delivered_at = self.clock + timedelta(seconds=2)
        if message.delivery_status == DeliveryStatus.READ:
            message.read_at = self.clock + timedelta(seconds=self.random.randrange(4, 90))

    def _retrieved(self, line: BotLine) -> list[dict[str, Any]]:
        best = 0.9 - self.random.random() / 6
        return [
            {
                "chunk": citation["chunk"],
                "item": citation["item"],
                "title": citation["title"],
                "place": citation["place"],
                "score": round(best - number / 11, 4),
                "quote": citation["quote"][:300],
            }
            for number, citation in enumerate((*line.citations, *line.read_besides))
        ]

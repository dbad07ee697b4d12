"""The port through which messages reach their channel; `settings.TRANSPORTS` names the class of each.

`deliver` marks, calls, marks: an unknown outcome stays PENDING until a status or a person settles it.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from conversations.models import Conversation, DeliveryStatus, Message


class Outcome(StrEnum):
    RETRY = "retry"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


class TransportError(Exception):
    """A message was not accepted, or nobody knows; `outcome` says what may be done about it."""

    def __init__(self, reason: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome


class Transport(ABC):
    """Delivers the messages of one channel."""

    # A channel whose reader follows the rows themselves needs no call: stored is sent.
    delivers_by_row: ClassVar[bool] = False

    @abstractmethod
    def send(self, message: Message) -> str:
        """Hand the message over; return the channel's own id of it. Raises TransportError."""

    def mark_read(self, message: Message) -> None:  # noqa: B027 (most channels have no such call)
        """Tell the channel that the contact's message was seen."""

    def show_typing(self, conversation: Conversation) -> None:  # noqa: B027 (most channels have no such call)
        """Tell the channel that an answer is coming."""

    def reply_window(self, conversation: Conversation) -> datetime | None:
        """Until when free text may be sent; None means always."""
        return None

    def composer_url(self, conversation: Conversation) -> str | None:
        """Address of the form to use instead of free text once the window is closed."""
        return None


@cache
def transport_for(channel: str) -> Transport:
    transport: Transport = import_string(settings.TRANSPORTS[channel])()
    return transport


def delivers_by_row(channel: str) -> bool:
    return channel in settings.TRANSPORTS and transport_for(channel).delivers_by_row


def deliver(message: Message) -> None:
    """Send one message of ours and keep what became of it; a repeat of a sent one does nothing."""
    if message.delivery_status != DeliveryStatus.PENDING:
        return
    channel = message.conversation.channel
    if channel not in settings.TRANSPORTS:
        message.advance_status(DeliveryStatus.FAILED, timezone.now(), error="channel_not_connected")
        return
    try:
        external_id = transport_for(channel).send(message)
    except TransportError as error:
        if error.outcome == Outcome.PERMANENT:
            message.advance_status(DeliveryStatus.FAILED, timezone.now(), error=error.reason)
        elif error.outcome == Outcome.RETRY:
            raise
        return
    Message.objects.filter(pk=message.pk, external_id=None).update(external_id=external_id or None)
    message.advance_status(DeliveryStatus.SENT, timezone.now())

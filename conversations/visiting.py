"""What the widget's socket asks of the database: one function, one border crossing, each.

Called by the widget consumer and the session endpoint.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q

from chatbots.domains import origin_allowed
from chatbots.models import Chatbot
from conversations import handover, inbox, limits, visitors
from conversations.frames import Cursor
from conversations.inbox import InboundMessage, Received
from conversations.models import Contact, Conversation, Message, MessageState
from conversations.presenting import WireMessage, wire_message
from conversations.visitors import Visitor

HISTORY_MESSAGES = 50
# Frames of neighbouring commits may overtake each other: a few revisions are sent again, the client
# replaces rows by id.
REVISION_MARGIN = 20


@dataclass(slots=True)
class Visit:
    """One socket's place: the bot, the visitor, and the conversation once there is one."""

    chatbot: Chatbot
    visitor: Visitor
    contact: Contact | None = None
    conversation: Conversation | None = None
    revision: int = 0
    answering: str = "bot"  # as the client was told last
    sent: set[tuple[str, int]] = field(default_factory=set)

    def enter(self, conversation: Conversation) -> None:
        """Go on in this conversation; another one than before is seen from its beginning."""
        if self.conversation is None or self.conversation.pk != conversation.pk:
            self.revision, self.answering = 0, "bot"
        self.conversation = conversation


def find_chatbot(public_id: str) -> Chatbot | None:
    """The bot with all that answering needs, whatever its state; one query."""
    return (
        Chatbot.objects.select_related("customer", "live_version", "widget_settings")
        .filter(public_id=public_id)
        .first()
    )


def refusal_of(chatbot: Chatbot | None, origin: str | None) -> str | None:
    """Why a page may not talk to this bot, in the wire's words; None when it may."""
    if chatbot is None:
        return "not_found"
    if chatbot.customer.is_suspended:
        return "suspended"
    if not chatbot.is_active or chatbot.live_version_id is None:
        return "bot_paused"
    return None if origin_allowed(chatbot, origin) else "origin_refused"


def begin(chatbot: Chatbot, visitor: Visitor, cursor: Cursor) -> tuple[Visit, dict[str, Any]]:
    """Find the visitor's conversation and what its client has not seen: the visit and the welcome's content."""
    visit = Visit(chatbot=chatbot, visitor=visitor)
    visit.contact = visitors.find_contact(chatbot, visitor)
    if visit.contact is not None:
        visit.conversation = inbox.find_open_conversation(visit.contact, chatbot, "widget")
    if visit.conversation is None:
        return visit, {"conversation": None, "cursor": _cursor(None), "messages": [], "answering": "bot"}
    visit.conversation.chatbot = chatbot
    visit.revision = visit.conversation.last_revision
    visit.answering = visit.conversation.answering.lower()
    unseen = Q(sequence__gt=cursor.sequence) | Q(revision__gt=cursor.revision - REVISION_MARGIN)
    newest = visit.conversation.messages.select_related("author").filter(unseen).order_by("-sequence")
    rows = list(reversed(newest[:HISTORY_MESSAGES]))
    return visit, {
        "conversation": visit.conversation.public_id,
        "cursor": _cursor(visit.conversation),
        "messages": [present(visit, row) for row in rows],
        "answering": visit.answering,
    }


def _cursor(conversation: Conversation | None) -> dict[str, int]:
    if conversation is None:
        return {"sequence": 0, "revision": 0}
    return {"sequence": conversation.last_sequence, "revision": conversation.last_revision}


def present(visit: Visit, message: Message) -> WireMessage:
    return wire_message(message, bot_name=visit.chatbot.name)


def store(visit: Visit, client_id: str, text: str) -> Received:
    """Count, store and mark as due one message of the visitor; the bot is read afresh each time."""
    chatbot = refreshed(visit)
    limits.check_message_rate(chatbot, visit.visitor.identity)
    if visit.contact is None:
        visit.contact = visitors.contact_for(chatbot, visit.visitor)
    received = inbox.receive_message(
        _inbound(visit, visit.contact, text, client_id),
        conversation=visit.conversation,
    )
    visit.enter(received.conversation)
    received.conversation.chatbot = chatbot
    received.message.conversation = received.conversation
    return received


def _inbound(visit: Visit, contact: Contact, text: str, client_id: str | None) -> InboundMessage:
    return InboundMessage(
        chatbot=visit.chatbot,
        contact=contact,
        text=text,
        client_id=client_id,
        locale=visit.visitor.locale,
        page_url=visit.visitor.page_url,
    )


class VisitEndedError(Exception):
    """The bot was paused, deleted or its customer suspended since the socket opened; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refreshed(visit: Visit) -> Chatbot:
    """The bot as it is now; VisitEndedError when the visitor may not talk to it any more."""
    chatbot = find_chatbot(visit.chatbot.public_id)
    refusal = refusal_of(chatbot, visit.visitor.origin)
    if refusal or chatbot is None:
        raise VisitEndedError(refusal or "not_found")
    visit.chatbot = chatbot
    return chatbot


def ask_person(visit: Visit) -> None:
    """Queue the conversation for a person, beginning it if the visitor has not written yet."""
    chatbot = refreshed(visit)
    limits.check_message_rate(chatbot, visit.visitor.identity)
    if visit.contact is None:
        visit.contact = visitors.contact_for(chatbot, visit.visitor)
    if inbox.usable(visit.conversation) is None:
        visit.enter(inbox.open_conversation(_inbound(visit, visit.contact, "", None)))
    assert visit.conversation is not None  # noqa: S101 (entered above)
    handover.ask_person(visit.conversation)


def changes(visit: Visit) -> list[dict[str, Any]]:
    """Frames for what changed since this socket last looked, and that it was not told of directly."""
    if visit.conversation is None:
        return []
    fresh = Conversation.objects.only(
        "last_revision", "last_sequence", "answering", "answering_until", "status"
    ).get(pk=visit.conversation.pk)
    rows = (
        visit.conversation.messages.select_related("author")
        .filter(revision__gt=visit.revision)
        .order_by("sequence")
    )
    unseen = [row for row in rows if (row.public_id, row.revision) not in visit.sent]
    visit.revision = max([visit.revision, *(row.revision for row in rows)])
    visit.sent = {pair for pair in visit.sent if pair[1] > visit.revision}
    visit.conversation.answering = fresh.answering
    visit.conversation.answering_until = fresh.answering_until
    visit.conversation.status = fresh.status
    shown = [row for row in unseen if row.state != MessageState.RUNNING or row.content]
    frames: list[dict[str, Any]] = [{"type": "message", "message": present(visit, row)} for row in shown]
    if fresh.answering.lower() != visit.answering:
        visit.answering = fresh.answering.lower()
        frames.append({"type": "answering", "by": visit.answering})
    return frames


def message_too_long() -> str:
    return f"A message holds at most {settings.WIDGET_MESSAGE_MAX_CHARACTERS} characters."

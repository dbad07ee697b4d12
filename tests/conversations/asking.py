"""Questions stored, answers found again, and what was counted for them."""

from typing import Any

from accounts.models import Customer
from chatbots.models import Chatbot
from conversations import inbox
from conversations.inbox import InboundMessage
from conversations.models import Conversation, Message
from tests import factories
from usage import metering
from usage.models import Reservation

QUESTION = "How much does delivery cost?"


def ask(chatbot: Chatbot, text: str = QUESTION, contact: Any = None, client_id: str = "c1") -> Conversation:
    """A visitor's question, stored and due."""
    contact = contact or factories.make_contact(chatbot.customer)
    inbound = InboundMessage(chatbot=chatbot, contact=contact, text=text, client_id=client_id)
    return inbox.receive_message(inbound).conversation


def answered(conversation: Conversation) -> Message:
    return conversation.messages.filter(role="ASSISTANT").latest("sequence")


def counted(customer: Customer) -> dict[str, int]:
    reservation = Reservation.objects.latest("id")
    return {unit: used for unit, used in metering.used(customer.pk, reservation.period_start).items() if used}

"""Ready-made rows for tests: users, customers, bots, knowledge and conversations."""

from itertools import count
from typing import Any

from accounts.models import Customer, MemberRole, Membership, User
from chatbots.models import Chatbot, WidgetSettings
from conversations.models import Channel, Contact, Conversation

numbers = count(1)
PASSWORD = "correct horse battery staple"


def make_user(**fields: Any) -> User:
    number = next(numbers)
    defaults = {"email": f"person{number}@example.com", "name": f"Person {number}", "password": PASSWORD}
    return User.objects.create_user(**{**defaults, **fields})


def make_customer(owner: User | None = None, **fields: Any) -> Customer:
    number = next(numbers)
    customer = Customer.objects.create(
        **{"name": f"Customer {number}", "slug": f"customer-{number}", **fields}
    )
    if owner:
        make_member(customer, user=owner, role=MemberRole.OWNER)
    return customer


def make_member(customer: Customer, user: User | None = None, role: str = MemberRole.AGENT) -> Membership:
    return Membership.objects.create(customer=customer, user=user or make_user(), role=role)


def make_chatbot(customer: Customer, **fields: Any) -> Chatbot:
    """An active bot with widget settings, answering on its own pages; not yet published."""
    chatbot = Chatbot.objects.create(**{"customer": customer, "name": f"Bot {next(numbers)}", **fields})
    WidgetSettings.objects.create(chatbot=chatbot)
    return chatbot


def make_contact(customer: Customer, **fields: Any) -> Contact:
    return Contact.objects.create(**{"customer": customer, "name": f"Visitor {next(numbers)}", **fields})


def make_conversation(chatbot: Chatbot, contact: Contact | None = None, **fields: Any) -> Conversation:
    contact = contact or make_contact(chatbot.customer)
    return Conversation.objects.create(
        **{
            "customer": chatbot.customer,
            "chatbot": chatbot,
            "contact": contact,
            "channel": Channel.WIDGET,
            "open_key": f"{contact.pk}:{chatbot.pk}:widget",
            **fields,
        }
    )

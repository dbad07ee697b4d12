"""A customer with one of everything, under names that no other customer's page may ever show."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.utils import timezone

from accounts import audit
from accounts.models import Customer, Invitation, Membership
from billing.models import Invoice
from chatbots.models import Chatbot, ChatbotVersion, WidgetSettings
from conversations.models import AuthorKind, Conversation, Message, MessageRole
from integrations.keys import create_key
from integrations.models import AIProviderConfig, APIKey, WebhookEndpoint
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem
from tests import factories

OUR_APPS = (
    "accounts",
    "usage",
    "integrations",
    "billing",
    "chatbots",
    "knowledge",
    "conversations",
    "whatsapp",
)
numbers = count(1)


@dataclass(frozen=True)
class World:
    """Everything of one customer that an address can name; `canary` stands in every text of it."""

    canary: str
    customer: Customer
    membership: Membership
    invitation: Invitation
    chatbot: Chatbot
    version: ChatbotVersion
    item: KnowledgeItem
    conversation: Conversation
    message: Message
    invoice: Invoice
    key: APIKey
    key_secret: str
    endpoint: WebhookEndpoint
    provider: AIProviderConfig


def make_world(customer: Customer) -> World:
    number = next(numbers)
    canary = f"canary{number}x"
    chatbot = Chatbot.objects.create(customer=customer, name=f"{canary} bot", instructions=f"{canary} words")
    WidgetSettings.objects.create(chatbot=chatbot, greeting=f"{canary} greeting")
    base = KnowledgeBase.objects.create(customer=customer, name=f"{canary} base")
    base.chatbots.add(chatbot)
    contact = factories.make_contact(customer, name=f"{canary} visitor")
    conversation = factories.make_conversation(chatbot, contact, preview=f"{canary} preview", **_moments())
    audit.record("chatbot.created", customer=customer, after={"name": canary})
    key, key_secret = create_key(customer, f"{canary} key", created_by=factories.make_user())
    return World(
        canary=canary,
        customer=customer,
        membership=factories.make_member(customer, factories.make_user(name=f"{canary} agent")),
        invitation=_make_invitation(customer, canary, number),
        chatbot=chatbot,
        version=ChatbotVersion.objects.create(chatbot=chatbot, number=1, name=f"{canary} version"),
        item=KnowledgeItem.objects.create(
            knowledge_base=base,
            title=f"{canary} item",
            content=f"{canary} content",
            kind=ItemKind.TEXT,
            state=ItemState.READY,
        ),
        conversation=conversation,
        message=_make_message(conversation, canary),
        invoice=Invoice.objects.create(customer=customer, number=f"INV-{canary}", currency="EUR"),
        key=key,
        key_secret=key_secret,
        endpoint=WebhookEndpoint.objects.create(
            customer=customer, url=f"https://{canary}.example.com/hook", secret="whsec_0123456789abcdef"
        ),
        provider=AIProviderConfig.objects.create(customer=customer, name=f"{canary} provider", kind="local"),
    )


def rows_of(customer: Customer) -> dict[str, list[dict[str, Any]]]:
    """Every row of the customer, to see that nothing of it was changed."""
    found = {
        model._meta.label: list(model._default_manager.for_customer(customer).order_by("pk").values())  # type: ignore[attr-defined]
        for label in OUR_APPS
        for model in apps.get_app_config(label).get_models()
        if hasattr(model._default_manager, "for_customer")
    }
    return found | {"accounts.Customer": list(Customer.objects.filter(pk=customer.pk).values())}


def _moments() -> dict[str, Any]:
    now = timezone.now()
    return {
        "last_message_at": now,
        "last_inbound_at": now,
        "last_sequence": 1,
        "last_revision": 1,
        "unread_count": 1,
    }


def _make_message(conversation: Conversation, canary: str) -> Message:
    return Message.objects.create(
        conversation=conversation,
        role=MessageRole.USER,
        author_kind=AuthorKind.VISITOR,
        content=f"{canary} question",
        sequence=1,
        revision=1,
    )


def _make_invitation(customer: Customer, canary: str, number: int) -> Invitation:
    email = f"{canary}@example.com"
    return Invitation.objects.create(
        customer=customer,
        email=email,
        token_hash=hashlib.sha256(str(number).encode()).hexdigest(),
        open_key=f"{customer.pk}:{email}",
        expires_at=timezone.now() + timedelta(days=7),
    )

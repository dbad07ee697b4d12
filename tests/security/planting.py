"""Puts every hostile text wherever the product shows a text, straight into the tables of a running product.

Called by `manage.py shell` beside it (`plant`), so no form has a chance to refuse anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.db import models, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from accounts import invitations
from accounts.models import AuditEntry, Customer, Invitation, MemberRole, Membership, Role, User
from chatbots import publishing
from chatbots.models import Chatbot, WidgetSettings
from config.demo import SHOP_BOT_ID
from config.demo.bots import demo_domains
from config.demo.money import lift_limits
from conversations.models import AuthorKind, Contact, Conversation, Message, MessageRole
from integrations.models import AIProviderConfig, APIKey, ProviderState, WebhookEndpoint
from knowledge import ingestion
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem
from tests import factories
from tests.config.rows import make_row, our_models
from tests.fixtures.hostile_texts import CALL, HOSTILE_TEXTS

EMAIL = "owner@example.com"
THREAD_MESSAGES = 100
ROWS_A_MODEL = 4
numbers = count(1)
supply: Iterator[str] = cycle(HOSTILE_TEXTS)


def text(room: int = 4_000) -> str:
    """The next text, cut to what its column holds."""
    return next(supply)[:room]


def plant(folder: str, provider_url: str) -> None:
    with transaction.atomic():
        owner = factories.make_user(email=EMAIL, name=text(150), role=Role.ADMIN, is_superuser=True)
        customer = factories.make_customer(owner, name=f"<svg onload={CALL}>")
        lift_limits(customer)
        plant_team(customer, owner)
        chatbot = plant_bots(customer, owner)
        plant_programs(customer, provider_url)
        base = plant_knowledge(chatbot)
        plant_talks(customer, chatbot, owner)
        plant_audit(customer, owner)
        plant_rows()
    teach(base)
    plant_mails(customer, owner, Path(folder))


def plant_team(customer: Customer, owner: User) -> None:
    people = [
        User(email=f"{text(60)}{number}@example.com", name=text(150), password="!") for number in range(40)
    ]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(customer=customer, user=person, role=MemberRole.AGENT) for person in people
    )
    ends = timezone.now() + timedelta(days=7)
    Invitation.objects.bulk_create(
        Invitation(
            customer=customer, email=f"{text(60)}{number}@example.com", token_hash=unique(), open_key=unique(),
            invited_by=owner, expires_at=ends,
        )
        for number in range(20)
    )  # fmt: skip
    Membership.objects.bulk_create(
        Membership(customer=other, user=owner, role=MemberRole.OWNER)
        for other in Customer.objects.bulk_create(Customer(name=text(120), slug=unique()) for _ in range(20))
    )


def unique() -> str:
    return hashlib.sha256(str(next(numbers)).encode()).hexdigest()


def plant_bots(customer: Customer, owner: User) -> Chatbot:
    others = Chatbot.objects.bulk_create(
        Chatbot(customer=customer, name=text(60), last_seen_origin=text(200), last_seen_at=timezone.now())
        for _ in range(40)
    )
    WidgetSettings.objects.bulk_create(WidgetSettings(chatbot=other) for other in others)
    chatbot = publishing.create_chatbot(customer, text(60), actor=owner, **answering())
    Chatbot.objects.filter(pk=chatbot.pk).update(public_id=SHOP_BOT_ID)
    chatbot.refresh_from_db()
    for _ in range(12):
        for name, value in answering().items():
            setattr(chatbot, name, value)
        chatbot.allowed_domains = [*demo_domains(), text(60)]
        chatbot.save()
        publishing.publish(chatbot, owner, note=text(200))
    Chatbot.objects.filter(pk=chatbot.pk).update(name=text(60), **answering())
    WidgetSettings.objects.filter(chatbot=chatbot).update(**said(), locale_texts={"en": said(), "de": said()})
    return chatbot


def answering() -> dict[str, Any]:
    return {
        "instructions": "\n".join(HOSTILE_TEXTS[next(numbers) :: 13])[:4_000],
        "refusal_text": text(500),
        "model_choice": "",
        "answer_mode": "GENERAL",
    }


def said() -> dict[str, Any]:
    questions = [text(120) for _ in range(5)]
    return {"title": text(60), "greeting": text(300), "teaser": text(120), "suggested_questions": questions}


def plant_programs(customer: Customer, provider_url: str) -> None:
    APIKey.objects.bulk_create(
        APIKey(customer=customer, name=text(80), prefix=text(16), secret_hash=unique(), scopes=[text(80)])
        for _ in range(40)
    )
    AIProviderConfig.objects.bulk_create(
        AIProviderConfig(
            customer=customer, name=text(80), kind="openai", base_url=text(300), chat_model=text(120),
            state=ProviderState.DISABLED, state_reason=text(200), api_key=f"0123456789abcdef{text(40)}",
        )
        for _ in range(20)
    )  # fmt: skip
    AIProviderConfig.objects.create(
        customer=customer, name="<b>", kind="openai", base_url=provider_url, chat_model="fake-chat", priority=0,
        api_key="0123456789abcdef<b>x",
    )  # fmt: skip
    for _ in range(5):
        WebhookEndpoint.objects.create(
            customer=customer, url=text(500), description=text(120), secret="s" * 20
        )


def plant_knowledge(chatbot: Chatbot) -> KnowledgeBase:
    base = ingestion.base_for(chatbot)
    kinds, states = cycle(ItemKind.values), cycle((ItemState.READY, ItemState.READY, ItemState.FAILED))
    KnowledgeItem.objects.bulk_create(
        KnowledgeItem(
            knowledge_base=base, title=hostile[:300], content=hostile, questions=[hostile], kind=next(kinds),
            file_name=text(255), source_url=text(1_000), state=next(states), failure_reason=text(300),
            failure_remedy=text(300), language="en",
        )
        for hostile in HOSTILE_TEXTS
    )  # fmt: skip
    return base


def teach(base: KnowledgeBase) -> None:
    """Items that were really read: their passages, headings and addresses come back in answers."""
    for number in range(6):
        hostile = HOSTILE_TEXTS[number * 61 : number * 61 + 61]
        content = f"# Delivery {hostile[1]}\n\nDelivery takes two days. " + "\n\nDelivery: ".join(hostile)
        item = ingestion.ingest_now(ingestion.add_text(base, title=f"Delivery {hostile[0]}", content=content))
        KnowledgeItem.objects.filter(pk=item.pk).update(
            kind=ItemKind.WEB_PAGE, source_url=f"javascript:{CALL}"
        )


def plant_talks(customer: Customer, chatbot: Chatbot, owner: User) -> None:
    """A talk for each text, and four long ones in which every text is said by everybody."""
    now = timezone.now()
    contacts = Contact.objects.bulk_create(
        Contact(
            customer=customer,
            name=each[:120],
            email=each[:250],
            phone=each[:20],
            locale=each[:16],
            country=each[:2],
        )
        for each in HOSTILE_TEXTS
    )
    talks = Conversation.objects.bulk_create(
        Conversation(
            customer=customer, chatbot=chatbot, contact=contact, channel="WIDGET", page_url=text(1_000),
            preview=text(160), last_message_at=now - timedelta(minutes=number), last_sequence=THREAD_MESSAGES,
            last_revision=THREAD_MESSAGES, handover_reason=text(40), locale=text(16), open_key=unique(),
        )
        for number, contact in enumerate(contacts)
    )  # fmt: skip
    cited = KnowledgeItem.objects.for_customer(customer)[0].public_id
    speakers = cycle((AuthorKind.BOT, AuthorKind.VISITOR, AuthorKind.AGENT))
    everything = cycle(HOSTILE_TEXTS * 3)
    long = [(talk, number) for talk in talks[:12] for number in range(1, THREAD_MESSAGES + 1)]
    short = [(talk, number) for talk in talks[12:] for number in (1, 2)]
    Message.objects.bulk_create(
        message(talk, number, next(speakers), next(everything), cited, owner)
        for talk, number in [*long, *short]
    )


def message(talk: Conversation, number: int, author: str, content: str, cited: str, owner: User) -> Message:
    is_bot = author == AuthorKind.BOT
    return Message(
        conversation=talk, sequence=number, revision=number, author_kind=author, content=content,
        role=MessageRole.USER if author == AuthorKind.VISITOR else MessageRole.ASSISTANT,
        author=owner if author == AuthorKind.AGENT else None,
        citations=[citation(cited)] if is_bot else [],
        retrieved=[citation(cited) | {"score": 0.8}] if is_bot else [],
        provider=text(40), model=text(120), delivery_error=text(200),
        refusal_cause="NOTHING_FOUND" if number % 9 == 0 else "",
    )  # fmt: skip


def citation(item: str) -> dict[str, Any]:
    return {
        "number": 1, "chunk": "psg_x", "item": item, "title": text(), "url": text(), "place": text(),
        "quote": text(),
    }  # fmt: skip


def plant_audit(customer: Customer, owner: User) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(
            customer=customer, actor=owner, action=text(64), object_id=text(40),
            before={"name": text(), text(): text()}, after={"name": text(), "list": [text(), text()]},
        )
        for _ in range(90)
    )  # fmt: skip


def plant_rows() -> None:
    """A few rows of every table, with a hostile text in each of its free texts: what operators see."""
    for model in our_models():
        for _ in range(ROWS_A_MODEL):
            row = make_row(model)
            values = {field.attname: text(field.max_length or 4_000) for field in free_texts(model)}
            model._default_manager.filter(pk=row.pk).update(**values)


def free_texts(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if type(field) in {models.CharField, models.TextField, models.URLField}
        and not (field.choices or field.unique or field.name in {"slug", "public_id", "open_key"})
        and (field.max_length or 100) > 16
    ]


def plant_mails(customer: Customer, owner: User, folder: Path) -> None:
    """Every mail that carries a text of somebody, written to mails.json."""
    backend = "django.core.mail.backends.locmem.EmailBackend"
    with override_settings(
        EMAIL_BACKEND=backend, ALLOWED_HOSTS=["testserver"], CELERY_TASK_ALWAYS_EAGER=True
    ):
        mail.outbox = []
        offer = Invitation.objects.filter(customer=customer)[0]
        for hostile in HOSTILE_TEXTS:
            offer.customer.name, offer.invited_by = (
                hostile[:120],
                User(name=hostile[:150], email="a@example.com"),
            )
            invitations.send(offer, "token")
        browser = Client()
        User.objects.filter(pk=owner.pk).update(name=f"<img src=x onerror={CALL}>")
        browser.post("/accounts/password/reset/", {"email": EMAIL})
        for _ in range(2):
            Client().post("/accounts/signup/", signup_values())
        sent: list[Any] = mail.outbox
        parts = [part for message in sent for part, kind in message.alternatives if kind == "text/html"]
    assert len(parts) > len(HOSTILE_TEXTS), settings.EMAIL_BACKEND
    (folder / "mails.json").write_text(json.dumps(parts))


def signup_values() -> dict[str, str]:
    name = f"<script>{CALL}</script>"
    return {
        "name": name,
        "company": name,
        "email": "new@example.com",
        "password1": "a very long pass phrase 9",
    }

"""A published bot that knows two things, ready to be asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from accounts.models import Customer, User
from chatbots import publishing
from chatbots.models import Chatbot
from integrations import providers
from knowledge import ingestion
from tests.fixtures import fake_openai
from tests.fixtures.fake_openai import Fake

DELIVERY = "We deliver in Germany within two days. Delivery costs 4 euros and is free above 50 euros."
RETURNS = "You can return a bicycle within 30 days. Send it back in the original box with the invoice."
ORIGIN = "https://shop.example.com"


def teach(chatbot: Chatbot, **texts: str) -> None:
    base = ingestion.base_for(chatbot)
    for title, content in texts.items():
        ingestion.ingest_now(ingestion.add_text(base, title=title.replace("_", " "), content=content))


@pytest.fixture
def published_bot(transactional_db: None, customer: Customer, owner: User) -> Chatbot:
    """Answers on https://shop.example.com from the two texts above."""
    assert django_settings.AI_PROVIDERS
    chatbot = publishing.create_chatbot(customer, "Spoke", actor=owner)
    Chatbot.objects.filter(pk=chatbot.pk).update(allowed_domains=["shop.example.com"])
    teach(chatbot, Delivery=DELIVERY, Returns=RETURNS)
    chatbot.refresh_from_db()
    return chatbot


@pytest.fixture
def model_server(settings: Any) -> Iterator[Fake]:
    """The platform's provider is a server that we wrote; its model's name chooses how it behaves."""
    with fake_openai.running() as fake:
        fake.words = ("Delivery ", "costs ", "4 euros ", "[1].")
        settings.OPENAI_BASE_URL = fake.base_url
        settings.OPENAI_API_KEY = "sk-test-not-a-real-key"
        settings.OPENAI_CHAT_MODEL = "fake-chat"
        settings.OUTBOUND_ALLOWED_HOSTS = [fake.base_url.split("/")[2]]
        providers.forget()
        yield fake
        providers.forget()

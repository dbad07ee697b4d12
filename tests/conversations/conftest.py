"""A published bot that knows two things, ready to be asked."""

import pytest
from django.conf import settings as django_settings

from accounts.models import Customer, User
from chatbots import publishing
from chatbots.models import Chatbot
from knowledge import ingestion

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

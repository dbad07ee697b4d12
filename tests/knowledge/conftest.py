"""A bot's own base, and pages for it to know."""

import pytest

from chatbots.models import Chatbot
from knowledge import ingestion
from knowledge.models import KnowledgeBase, KnowledgeItem

INSTALL_PAGE = """# Install the widget

The widget is one script tag. It loads after your page and does not slow it down.

## Put the widget on your site

Follow these steps:

1. Open Bots, choose your bot and go to Embed.
2. Copy the snippet.
3. Paste it into the HTML of your site, just before the end of the body.

## Allowed domains

Add every domain on which the widget may appear. Capital letters do not matter.
"""
BILLING_PAGE = """# Billing

Invoices are sent on the first of each month. You can change your plan at any time.

## Refunds

We pay back unused months within 14 days. Write to support with the invoice number.
"""


@pytest.fixture
def base(chatbot: Chatbot) -> KnowledgeBase:
    return ingestion.base_for(chatbot)


@pytest.fixture
def install_page(base: KnowledgeBase) -> KnowledgeItem:
    return ingestion.ingest_now(ingestion.add_text(base, title="Install the widget", content=INSTALL_PAGE))


@pytest.fixture
def billing_page(base: KnowledgeBase) -> KnowledgeItem:
    return ingestion.ingest_now(ingestion.add_text(base, title="Billing", content=BILLING_PAGE))

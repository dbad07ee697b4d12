import pytest
from django.core.management import call_command

from chatbots.models import Chatbot
from knowledge import index, listing, retrieval
from knowledge.models import KnowledgeChunk, KnowledgeItem

pytestmark = pytest.mark.django_db(transaction=True)


def test_rebuild_search_restores_what_was_lost(
    chatbot: Chatbot, billing_page: KnowledgeItem, capsys: pytest.CaptureFixture[str]
) -> None:
    index.clear_search_rows()
    KnowledgeChunk.objects.update(search_text="")
    assert retrieval.search(chatbot.pk, "refund").passages == ()
    call_command("rebuild_search")
    assert retrieval.search(chatbot.pk, "refund").passages[0].item_id == billing_page.public_id
    assert listing.search_items(billing_page.knowledge_base.customer, "billing") == [billing_page]

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from chatbots.models import Chatbot
from knowledge import index, ingestion, retrieval
from knowledge.models import KnowledgeBase, KnowledgeItem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_finds_the_right_passage(
    chatbot: Chatbot, install_page: KnowledgeItem, billing_page: KnowledgeItem
) -> None:
    found = retrieval.search(chatbot.pk, "How do I put the widget on my site?")
    best = found.passages[0]
    assert best.item_id == install_page.public_id
    assert best.heading_path == "Install the widget › Put the widget on your site"
    assert best.text == install_page.content[best.start : best.end]
    assert found.is_supported


def test_says_when_nothing_supports_an_answer(chatbot: Chatbot, install_page: KnowledgeItem) -> None:
    found = retrieval.search(chatbot.pk, "What is the capital of Mongolia?")
    assert not found.is_supported
    assert retrieval.supported(found).passages == ()


def test_a_deleted_phrase_is_never_found_again(chatbot: Chatbot, billing_page: KnowledgeItem) -> None:
    assert retrieval.search(chatbot.pk, "refund unused months").passages
    ingestion.edit_item(billing_page, content="# Billing\n\nInvoices are sent monthly.")
    texts = [
        passage.text
        for passage in retrieval.search(chatbot.pk, "pay back unused months within 14 days").passages
    ]
    assert not any("unused" in text for text in texts)


def test_deleted_items_are_gone_at_once_and_come_back(chatbot: Chatbot, billing_page: KnowledgeItem) -> None:
    ingestion.delete_item(billing_page)
    assert retrieval.search(chatbot.pk, "refund").passages == ()
    ingestion.restore_item(billing_page)
    ingestion.ingest_now(billing_page)
    assert retrieval.search(chatbot.pk, "refund").passages[0].item_id == billing_page.public_id


def test_bases_are_isolated(chatbot: Chatbot, other_customer: Customer, billing_page: KnowledgeItem) -> None:
    stranger = factories.make_chatbot(other_customer)
    ingestion.ingest_now(
        ingestion.add_text(ingestion.base_for(stranger), title="Other", content="Refund secrets.")
    )
    assert {p.item_id for p in retrieval.search(chatbot.pk, "refund").passages} == {billing_page.public_id}
    assert {p.title for p in retrieval.search(stranger.pk, "refund").passages} == {"Other"}


@pytest.mark.parametrize(
    "question", ['"', "refund AND", "+refund* -x", "NEAR(a b)", "'; --", "%s {limit}", "", "?!", "\x00"]
)
def test_query_syntax_is_only_text(chatbot: Chatbot, billing_page: KnowledgeItem, question: str) -> None:
    retrieval.search(chatbot.pk, question)


def test_a_warm_search_takes_two_statements(chatbot: Chatbot, billing_page: KnowledgeItem) -> None:
    retrieval.search(chatbot.pk, "refund")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        retrieval.search(chatbot.pk, "refund")
    assert len(captured) == 2


@pytest.mark.parametrize(
    ("content", "question", "language"),
    [
        ("退款政策：我们在14天内退款。", "怎么退款？", "zh"),
        ("نعيد المبلغ خلال أربعة عشر يوما.", "متى تعيدون المبلغ؟", "ar"),
        ("हम चौदह दिनों में पैसा वापस करते हैं।", "पैसा कब वापस मिलेगा?", "hi"),
        ("เราคืนเงินภายในสิบสี่วัน", "คืนเงินเมื่อไร", "th"),
        ("Devolvemos el dinero en catorce días.", "cuando devuelven el dinero", "es"),
    ],
)
def test_searches_in_many_languages(
    base: KnowledgeBase, chatbot: Chatbot, content: str, question: str, language: str
) -> None:
    item = ingestion.ingest_now(ingestion.add_text(base, title="1", content=content))
    assert item.language == language
    assert [p.text for p in retrieval.search(chatbot.pk, question).passages] == [content]


def test_every_phrasing_of_a_question_finds_its_answer(base: KnowledgeBase, chatbot: Chatbot) -> None:
    item = ingestion.add_question_answer(
        base, questions=["Do you ship abroad?", "International delivery"], answer="Yes."
    )
    ingestion.ingest_now(item)
    assert retrieval.search(chatbot.pk, "international delivery").passages[0].text == "Yes."


def test_a_change_moves_the_version_of_the_index(base: KnowledgeBase, billing_page: KnowledgeItem) -> None:
    base.refresh_from_db()
    before = base.index_version
    ingestion.edit_item(billing_page, title="Money")
    base.refresh_from_db()
    assert base.index_version == before + 1


def test_place_tells_page_and_headings(base: KnowledgeBase) -> None:
    assert [index.page_of(offset, [0, 10, 10, 30]) for offset in (0, 9, 10, 35)] == [1, 1, 3, 4]
    assert index.page_of(5, []) == 0


def test_large_bases_are_asked_only_for_words_with_content(
    chatbot: Chatbot, billing_page: KnowledgeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "LARGE_BASE_PASSAGES", 0)
    assert (
        retrieval.search(chatbot.pk, "How do I get a refund?").passages[0].heading_path == "Billing › Refunds"
    )


def test_the_question_tells_its_language_not_the_visitors_settings(
    base: KnowledgeBase, chatbot: Chatbot
) -> None:
    for content in (
        "Die Rechnung wird am Ersten des Monats verschickt.",
        "Refunds are paid within two weeks.",
    ):
        ingestion.ingest_now(ingestion.add_text(base, title="1", content=content))
    found = retrieval.search(chatbot.pk, "When do I get my refunding?", language="de")
    assert [passage.language for passage in found.passages] == ["en"]

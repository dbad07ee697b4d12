import pytest

from integrations.providers.base import ChatMessage, ChatRequest, ProviderSettings, SourcePassage
from knowledge import chunking, extractive
from knowledge.local_provider import LocalProvider
from knowledge.sentences import UnitKind, sentence_spans, units
from tests.knowledge.conftest import BILLING_PAGE, INSTALL_PAGE


def sources_of(*pages: tuple[str, str], language: str = "en") -> list[SourcePassage]:
    cut = [(title, passage) for title, text in pages for passage in chunking.split(text)]
    return [
        SourcePassage(number, title, " › ".join(passage.heading_path), passage.text, language)
        for number, (title, passage) in enumerate(cut, start=1)
    ]


PAGES = sources_of(("Billing", BILLING_PAGE), ("Install the widget", INSTALL_PAGE))


def test_answers_how_to_put_the_widget_on_a_site() -> None:
    found = extractive.answer("How do I put the widget on my site?", PAGES)
    source = next(each for each in PAGES if each.heading_path.endswith("Put the widget on your site"))
    assert {quote.number for quote in found.quotes} == {source.number}
    assert [quote.kind for quote in found.quotes] == [UnitKind.SENTENCE, *[UnitKind.STEP] * 3]
    text = extractive.as_markdown(found)
    assert text.startswith("This is what our pages say:\n\nFollow these steps:\n\n1. Open Bots")
    assert text.endswith(f"[{source.number}]")
    assert "#" not in text


@pytest.mark.parametrize(
    "question",
    ["What is the capital of Mongolia?", "Who won the world cup?", "hi", "", "???", "How do I bake bread?"],
)
def test_refuses_what_the_pages_do_not_say(question: str) -> None:
    assert extractive.answer(question, PAGES).is_refusal


def test_refuses_without_passages() -> None:
    assert extractive.answer("How do I get a refund?", []).is_refusal


@pytest.mark.parametrize(
    "question", ["How do I get a refund?", "When are invoices sent?", "Which domains may I add?"]
)
def test_every_quote_is_a_span_of_its_source(question: str) -> None:
    found = extractive.answer(question, PAGES)
    assert found.quotes
    assert len(found.quotes) <= extractive.MAX_SENTENCES
    for quote in found.quotes:
        assert PAGES[quote.number - 1].text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("language", ["en", "es", "de", "fr", "pt", "ar", "hi", "zh"])
def test_the_lead_in_speaks_the_visitors_language(language: str) -> None:
    lead = extractive.lead_in(language)
    assert extractive.as_markdown(extractive.answer("When are invoices sent?", PAGES, language)).startswith(
        lead
    )
    assert language == "en" or lead != extractive.lead_in("en")


def test_unknown_languages_are_led_in_in_english() -> None:
    assert extractive.lead_in("xx") == extractive.lead_in("en-GB")


@pytest.mark.parametrize(
    ("language", "text", "question", "expected"),
    [
        ("zh", "商店每天九点开门。退款在十四天内支付。", "退款什么时候支付？", "退款在十四天内"),
        (
            "ar",
            "نفتح في التاسعة. يتم دفع المبالغ خلال أسبوعين.",
            "متى يتم دفع المبالغ؟",
            "يتم دفع",
        ),
        ("hi", "दुकान खुली है। पैसा दो दिन में वापस मिलता है।", "पैसा कब वापस मिलता है?", "पैसा दो"),
        (
            "es",
            "La tienda abre a las nueve. El reembolso tarda dos semanas.",
            "¿Cuánto tarda el reembolso?",
            "El reembolso",
        ),
    ],
)
def test_answers_in_many_scripts(language: str, text: str, question: str, expected: str) -> None:
    source = SourcePassage(1, "", "", text, language)
    best = extractive.answer(question, [source], language).quotes
    assert any(quote.text.startswith(expected) for quote in best)


def test_a_table_row_reads_as_words() -> None:
    source = SourcePassage(1, "Zones", "", "| Zone | Price |\n| --- | --- |\n| Iceland | 12 euro |", "en")
    assert "Iceland: 12 euro [1]" in extractive.as_markdown(extractive.answer("Price for Iceland?", [source]))


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", 'Dr. Smith met J. R. Tolkien in 2015. He was e.g. happy! "Really?" Yes.', 4),
        ("de", "Am 3. Mai kam er. Danach z. B. nichts.", 2),
        ("zh", "他丢了308分。为什么？因为「他说。」", 3),
        ("ar", "هذا نص. وهل هذا سؤال؟ نعم.", 3),
        ("hi", "यह एक वाक्य है। दूसरा वाक्य यहाँ है।", 2),
        ("th", "ร้านของเราเปิดให้บริการทุกวันตั้งแต่เวลาเก้าโมงเช้าถึงหกโมงเย็นโดยไม่มีวันหยุด และมีที่จอดรถ", 2),
    ],
)
def test_sentences_end_where_their_language_ends_them(language: str, text: str, sentences: int) -> None:
    assert len(sentence_spans(text, language)) == sentences


def test_headings_and_rules_are_no_units() -> None:
    found = units("# Head\n\nText.\n\n---\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\n```\ncode\n```")
    assert [(unit.kind, unit.text) for unit in found] == [
        (UnitKind.SENTENCE, "Text."),
        (UnitKind.ROW, "| 1 | 2 |"),
        (UnitKind.CODE, "```\ncode\n```"),
    ]


async def test_the_built_in_provider_streams_the_same_answer() -> None:
    provider = LocalProvider(ProviderSettings(kind="local"))
    deltas = [delta async for delta in provider.stream_chat(request_for("When are invoices sent?"))]
    whole = extractive.as_markdown(extractive.answer("When are invoices sent?", PAGES))
    assert "".join(delta.text for delta in deltas) == whole
    assert len(deltas) > 3
    assert deltas[-1].finish_reason == "stop"


async def test_the_built_in_provider_refuses() -> None:
    provider = LocalProvider(ProviderSettings(kind="local"))
    (delta,) = [
        delta async for delta in provider.stream_chat(request_for("What is the capital of Mongolia?"))
    ]
    assert delta.refused
    assert not delta.text


def request_for(question: str) -> ChatRequest:
    messages = (ChatMessage("user", question),)
    return ChatRequest(messages, "", 0.0, 100, question=question, passages=tuple(PAGES), language="en")

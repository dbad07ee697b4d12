import re

import pytest

from knowledge import analysis
from knowledge.languages import detect_language


def test_accents_and_case_do_not_matter() -> None:
    assert analysis.analyse("Devolución CAFÉ", "es") == analysis.analyse("devolucion cafe", "es")


def test_stems_words_by_language() -> None:
    assert analysis.analyse("refunds refunded", "en") == ["refund", "refund"]


def test_arabic_forms_are_unified() -> None:
    assert analysis.analyse("الأَسْعارُ", "ar") == analysis.analyse("الاسعار", "ar")


def test_ideographs_become_pairs_and_thai_triples() -> None:
    assert analysis.analyse("退款政策", "zh") == [
        analysis.encode("退款"),
        analysis.encode("款政"),
        analysis.encode("政策"),
    ]
    assert len(analysis.analyse("ราคา", "th")) == 2


def test_hindi_marks_stay_in_their_words() -> None:
    assert len(analysis.analyse("विजेट की कीमत", "hi")) == 3


@pytest.mark.parametrize(
    "text", ['it\'s +a* "b" -c ~(d) AND NEAR/2', "退款 refund ความ विजेट", "🙂 \x00 '; DROP TABLE"]
)
def test_tokens_are_safe_in_every_query_language(text: str) -> None:
    for language in ("en", "zh", "th", "hi", "vi", ""):
        assert all(re.fullmatch(r"[a-z0-9]{1,60}", token) for token in analysis.analyse(text, language))


def test_long_tokens_keep_their_beginning_and_stay_distinct() -> None:
    first, second = analysis.analyse("a" * 90 + " " + "a" * 91, "xx")
    assert len(first) <= 60
    assert first.startswith("a" * 20)
    assert first != second


def test_tokens_carry_their_base() -> None:
    assert analysis.prefixed(["refund"], 17) == ["17xrefund"]


def test_title_and_own_heading_count_three_times() -> None:
    path = ["Refunds", "Money", "Cards"]
    tokens = analysis.search_text("Refunds", path, "We pay.", language="en", base_id=2).split()
    assert [tokens.count(f"2x{word}") for word in ("refund", "money", "card", "pay")] == [3, 1, 3, 1]


def test_questions_keep_only_words_with_content() -> None:
    assert analysis.content_tokens("How do I get a refund?", "en") == ["refund"]
    assert analysis.content_tokens("What is it?", "en") == analysis.analyse("What is it?", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I put the widget on my site?", "en"),
        ("¿Cómo puedo devolver un producto que compré la semana pasada?", "es"),
        ("Wie kann ich meine Rechnung herunterladen und bezahlen?", "de"),
        ("كيف يمكنني استرداد المبلغ؟", "ar"),
        ("मैं अपना ऑर्डर कैसे रद्द करूँ?", "hi"),
        ("我怎么退款？", "zh"),
        ("返金はどうすればいいですか", "ja"),
        ("ฉันจะขอเงินคืนได้อย่างไร", "th"),
    ],
)
def test_detects_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_detects_only_among_languages_that_fit_the_script() -> None:
    assert detect_language("Hallo refund", among=("es",)) == "es"
    assert detect_language("退款", among=("es",)) == "zh"
    assert detect_language("123", among=("de",)) == "de"

"""The widget's configuration in the visitor's language."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from chatbots import colors, widget_config
from chatbots.models import Chatbot
from chatbots.widget_texts import TEXTS


def test_the_texts_are_those_of_the_widget() -> None:
    source = json.loads(Path(settings.BASE_DIR, "static/widget/texts.json").read_text())
    assert {key: str(text) for key, text in TEXTS.items()} == source


@pytest.mark.parametrize(
    ("asked", "given"),
    [("de-DE", "de"), ("pt-BR", "pt"), ("zh-CN", "zh-hans"), ("tlh", "en"), ("", "en"), ("a" * 900, "en")],
)
def test_speaks_the_nearest_language(chatbot: Chatbot, asked: str, given: str) -> None:
    assert widget_config.launcher(chatbot, asked)["locale"] == given


def test_a_panel_has_every_part_of_the_protocol(chatbot: Chatbot) -> None:
    panel = widget_config.panel(chatbot, "en")
    assert set(panel) == {
        "title", "subtitle", "avatar_url", "color", "theme", "position", "greeting", "suggested_questions",
        "show_sources", "person_offered", "locale", "direction", "texts",
    }  # fmt: skip
    assert (panel["title"], panel["direction"], panel["avatar_url"]) == ("Spoke", "ltr", None)
    assert panel["greeting"]
    assert panel["texts"]["send"] == "Send"


def test_the_customers_words_come_first(chatbot: Chatbot) -> None:
    widget = chatbot.widget_settings
    widget.greeting = "Hello"
    widget.locale_texts = {"ar": {"greeting": "مرحبا", "send": "أرسل", "suggested_questions": ["أين؟"]}}
    widget.save()
    arabic = widget_config.panel(chatbot, "ar-EG")
    assert (arabic["greeting"], arabic["direction"]) == ("مرحبا", "rtl")
    assert arabic["texts"]["send"] == "أرسل"
    assert arabic["suggested_questions"] == ["أين؟"]
    assert widget_config.panel(chatbot, "en")["greeting"] == "Hello"


@pytest.mark.parametrize(
    ("color", "text"), [("#0f6b5c", "White"), ("#ffe14d", "Black"), ("#ffffff", "Black")]
)
def test_says_whether_a_colour_can_be_read(color: str, text: str) -> None:
    assert colors.verdict(color).startswith(text)
    assert colors.contrast(color, colors.text_on(color)) >= colors.ENOUGH

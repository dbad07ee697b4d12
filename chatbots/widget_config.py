"""Decides what a page may know of a bot's widget, in the visitor's language (docs: the widget's protocol).

Called by the public endpoints here and by the session endpoint and the playground in conversations.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from chatbots.models import Chatbot, WidgetSettings
from chatbots.widget_texts import TEXTS

# What a customer may say in one language besides the interface texts.
OWN_TEXTS = ("title", "subtitle", "greeting", "teaser", "suggested_questions")


def launcher(chatbot: Chatbot, locale: str) -> dict[str, Any]:
    """What the loader shows before the first press."""
    widget = chatbot.widget_settings
    language = supported_locale(locale, chatbot)
    own = _own_texts(widget, language)
    with translation.override(language):
        return {
            "color": widget.color,
            "position": widget.position,
            "theme": widget.theme,
            "label": own.get("openChat") or str(TEXTS["openChat"]),
            "teaser": own.get("teaser") or widget.teaser,
            "locale": language,
        }


def panel(chatbot: Chatbot, locale: str) -> dict[str, Any]:
    """What the open panel shows: look, words and every interface text."""
    widget = chatbot.widget_settings
    language = supported_locale(locale, chatbot)
    own = _own_texts(widget, language)
    name = chatbot.live_version.name if chatbot.live_version else chatbot.name
    with translation.override(language):
        return {
            "title": own.get("title") or widget.title or name,
            "subtitle": own.get("subtitle") or _("Answers from our pages"),
            "avatar_url": avatar_address(chatbot),
            "color": widget.color,
            "theme": widget.theme,
            "position": widget.position,
            "greeting": own.get("greeting") or widget.greeting or default_greeting(),
            "suggested_questions": own.get("suggested_questions") or widget.suggested_questions,
            "show_sources": widget.show_sources,
            "person_offered": widget.person_offered,
            "locale": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "texts": {key: own.get(key) or str(text) for key, text in TEXTS.items()},
        }


def default_greeting() -> str:
    return _("Hi. What would you like to know?")


def supported_locale(locale: str, chatbot: Chatbot) -> str:
    """The nearest language that we speak, else the customer's own."""
    for wanted in (locale, chatbot.customer.locale):
        try:
            return translation.get_supported_language_variant((wanted or "").replace("_", "-").lower())
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def avatar_address(chatbot: Chatbot) -> str | None:
    """An absolute address, because the page that shows it is another site's; it changes with the picture."""
    widget = chatbot.widget_settings
    if not widget.avatar:
        return None
    path = reverse("widget:avatar", args=[chatbot.public_id])
    return f"{settings.SITE_URL.rstrip('/')}{path}?v={int(widget.updated_at.timestamp())}"


def _own_texts(widget: WidgetSettings, language: str) -> dict[str, Any]:
    """The customer's words in this language, or in its main language ("pt" for "pt-br")."""
    texts = widget.locale_texts
    found = texts.get(language) or texts.get(language.partition("-")[0]) or {}
    return found if isinstance(found, dict) else {}

"""Decides what the style guide shows in each component: made-up figures of a made-up shop.

Called by config.pages.styleguide, in development only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings

from usage.charts import Figure, bar_chart, line_chart, spark

DAILY = (
    124,
    135,
    133,
    146,
    142,
    104,
    88,
    121,
    145,
    153,
    160,
    163,
    112,
    97,
    144,
    158,
    164,
    158,
    178,
    121,
    109,
    158,
)
BEFORE = (
    110,
    123,
    117,
    131,
    123,
    94,
    81,
    109,
    127,
    136,
    143,
    147,
    102,
    87,
    127,
    139,
    148,
    143,
    155,
    109,
    99,
    139,
)
QUOTE = "Batteries above 160 Wh are not allowed in the cabin or the hold of passenger aircraft."


class SpecimenForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Bot name", help_text="Visitors see this.", initial="Spoke")
    website = forms.URLField(label="Website", assume_scheme="https")
    language = forms.ChoiceField(
        label="Language", choices=[("", "The visitor’s language"), ("en", "English")]
    )
    instructions = forms.CharField(
        label="Instructions", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    show_sources = forms.BooleanField(
        label="Show numbered sources",
        help_text="Each claim links to its passage.",
        required=False,
        widget=forms.CheckboxInput(attrs={"role": "switch"}),
    )
    notify = forms.BooleanField(label="E-mail me when one waits", required=False)
    period = forms.ChoiceField(
        label="Paid",
        widget=forms.RadioSelect,
        choices=[("month", "Monthly"), ("year", "Yearly, two months free")],
    )
    file = forms.FileField(label="File", required=False)


def all_specimens() -> dict[str, Any]:
    form = SpecimenForm(
        {"name": "Spoke", "website": "lantern,cycles", "period": "month", "show_sources": "on"}
    )
    return {
        "nav_current": "",
        "crumbs": [{"text": "Style guide"}],
        "health": {
            "tone": "success",
            "text": "2 bots answer",
            "small": "on 4 channels, last answer 12 s ago",
        },
        "form": form,
        "chart": _line(),
        "bars": _bars(),
        "spark": spark(DAILY[-15:]),
        "icons": _icons(),
        "snippet": SNIPPET,
        "citations": [CITATION],
        "messages_shown": MESSAGES,
        "passages": PASSAGES,
        "thresholds": (0.45, 0.62),
        "checklist": CHECKLIST,
        "steps": CHECKLIST[:3],
        "tabs": [
            {"text": "All", "href": "#tabs", "current": True, "count": 128},
            {"text": "Ready", "href": "#tabs", "count": 119},
            {"text": "Failed", "href": "#tabs", "count": 2},
        ],
    }


def _icons() -> list[str]:
    sprite = Path(settings.BASE_DIR) / "static" / "img" / "icons.svg"
    return re.findall(r'<symbol id="i-([a-z-]+)"', sprite.read_text(encoding="utf-8"))


def _figures() -> list[Figure]:
    return [
        Figure(label=f"{day} Nov", value=value, before=before, flag="Version 14 live" if day == 9 else "")
        for day, (value, before) in enumerate(zip(DAILY, BEFORE, strict=True), start=1)
    ]


def _line() -> Any:
    return line_chart(
        _figures(),
        title="Conversations a day",
        summary="Between 88 and 178, lowest at weekends.",
        series_name="1 – 22 Nov",
        before_name="22 days before",
    )


def _bars() -> Any:
    figures = [
        Figure(label=str(day), value=value, is_estimate=day > 18) for day, value in enumerate(DAILY, start=1)
    ]
    return bar_chart(
        figures,
        title="Answers a day",
        summary="Steady.",
        series_name="Answers a day",
        estimate_name="Estimate",
    )


SNIPPET = '<script async src="https://chat.example.com/widget.js" data-bot="bot_4kq9"></script>'
CITATION = {
    "number": 1,
    "title": "Taking your battery on a trip",
    "url": "https://help.example.com/battery",
    "place": "Page · § Flights",
    "quote_before": "… airlines follow the IATA rules. ",
    "quote": QUOTE,
    "quote_after": " Every Lantern battery is above this limit …",
}
MESSAGES = (
    {
        "id": "1",
        "kind": "visitor",
        "author_name": "Katharina",
        "time_text": "10:41",
        "meta_text": "10:41",
        "lang": "de",
        "text": "Hallo, darf ich den Akku von meinem Lantern City im Flugzeug mitnehmen?",
    },
    {
        "id": "2",
        "kind": "bot",
        "author_name": "Spoke",
        "time_text": "10:41",
        "lang": "de",
        "text": "Leider nein. In Passagierflugzeugen sind höchstens 160 Wh erlaubt.",
        "meta_text": "Spoke · version 14 · 1.4 s",
        "citations": [CITATION],
    },
    {
        "id": "3",
        "kind": "person",
        "author_name": "Mira",
        "text": "Ich frage den Laden in Lissabon.",
        "meta_text": "10:44",
    },
    {
        "id": "4",
        "kind": "note",
        "author_name": "João",
        "note_text": "Note by João, 10:46. Only your team sees it.",
        "text": "The Lisbon partner has two City batteries free.",
    },
    {
        "id": "5",
        "kind": "bot",
        "author_name": "Spoke",
        "is_waiting": True,
        "waiting_text": "Reading 5 passages",
    },
)
PASSAGES = (
    {
        "number": 1,
        "title": "Taking your battery on a trip",
        "url": "#passages",
        "place": "Page · § Flights",
        "score": 0.84,
        "used": True,
        "text_before": "… airlines follow the IATA rules. ",
        "quote": QUOTE,
        "text_after": " Every Lantern battery is above this limit …",
    },
    {
        "number": 2,
        "title": "Battery care and storage",
        "place": "Page · § Transport",
        "score": 0.58,
        "used": False,
        "text": "Ship batteries only in the original carton. Couriers treat them as dangerous goods class 9 …",
    },
)
CHECKLIST = (
    {"title": "Make a bot", "text": "Spoke, answers in the visitor’s language.", "state": "done"},
    {"title": "Add knowledge", "text": "Your help pages, a PDF, or text.", "state": "done"},
    {
        "title": "Try it",
        "text": "Ask what a visitor would ask.",
        "state": "current",
        "href": "#first",
        "action": "Try it",
    },
    {
        "title": "Put it on your site",
        "text": "One script tag.",
        "state": "todo",
        "href": "#first",
        "action": "Show the tag",
    },
    {"title": "Waiting for the first visit", "text": "This turns green by itself.", "state": "waiting"},
)

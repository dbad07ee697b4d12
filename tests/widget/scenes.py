"""The question that most of the widget tests ask, its answer, and how a visitor gets there."""

from typing import Any

from playwright.sync_api import Page

from tests.widget.fake_server import Answer

FERRY = "Can I take the bike on the ferry?"
SOURCES: list[dict[str, Any]] = [
    {
        "number": 1,
        "title": "Taking your bike on the ferry",
        "url": "https://harbour.example/ferry",
        "place": "Trips",
        "quote": "except the 8:10 and the 17:40 on working days",
    },
    {
        "number": 2,
        "title": "What comes with your hire",
        "url": None,
        "place": "Hire",
        "quote": "The chain fits.",
    },
]
FERRY_ANSWER = Answer(
    "Yes. Bikes travel free, except on the 8:10 and the 17:40. [1]\n\nLock the bike to the **rail**. [2]",
    SOURCES,
)


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("heading", name="Harbour Bikes").wait_for()


def ask(page: Page, words: str) -> None:
    page.get_by_role("textbox").fill(words)
    page.get_by_role("textbox").press("Enter")

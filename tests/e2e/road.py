"""The main road as a person walks it: sign up, make a bot, embed it, give it knowledge, ask. Used by the tests.

A press is a click or Enter; typing into a field belongs to the press that follows. Opening an address is none.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from tests.e2e.host_page import HostPage

MOST_PRESSES = 12
PATIENCE_MS = 30_000  # for what the product does by itself; met as soon as it has happened
COMPANY, BOT = "Harbour Bikes", "Pim"
TITLE = "Bikes on the ferry"
TEXT = (
    "Bikes travel free of charge on every ferry except the 8:10 and the 17:40 on working days. "
    "Tie your bike to the rail on the lower deck. The crew lends straps."
)
QUESTION = "Can I take my bike on the ferry?"
FACT = "free of charge on every ferry"


@dataclass
class Hands:
    """Presses, and counts them."""

    presses: int = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.presses += 1

    def enter(self, target: Locator) -> None:
        target.press("Enter")
        self.presses += 1


@dataclass
class Wire:
    """What the widget's socket brought, so that a test can tell a streamed answer from one in one piece."""

    frames: list[dict[str, Any]] = field(default_factory=list)

    def listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.frames.append(json.loads(payload)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]


def sign_up(page: Page, hands: Hands, url: str, email: str = "ada@harbour.example") -> None:
    page.goto(url)
    hands.click(page.get_by_role("banner").get_by_role("link", name="Create an account"))
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Company").fill(COMPANY)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("a lantern on the quay")
    hands.enter(page.get_by_label("Password"))


def make_bot(page: Page, hands: Hands) -> None:
    page.get_by_role("textbox", name="Name of the bot").fill(BOT)
    hands.enter(page.get_by_role("textbox", name="Name of the bot"))
    expect(page.get_by_role("heading", level=1, name=BOT)).to_be_visible()


def embed(page: Page, hands: Hands, host: HostPage) -> None:
    """Copy the snippet into the host page and allow its domain; the page then waits for the first visit."""
    hands.click(page.get_by_role("link", name="Embed"))
    hands.click(page.get_by_role("button", name="Copy"))
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    host.paste(page.evaluate("navigator.clipboard.readText()"))
    page.get_by_label("Pages that may show it").fill(host.domain)
    hands.click(page.get_by_role("button", name="Save pages"))
    expect(page.locator("#embed-status")).to_contain_text("Waiting for the first visit")


def add_text(page: Page, hands: Hands) -> None:
    hands.click(page.locator(".sidebar").get_by_role("link", name="Knowledge"))
    hands.click(page.get_by_role("link", name="Text", exact=True))
    page.get_by_label("Title").fill(TITLE)
    page.locator("[name=content]").fill(TEXT)
    hands.click(page.get_by_role("button", name="Add source"))
    expect(page.get_by_role("row", name=TITLE)).to_contain_text("Ready", timeout=PATIENCE_MS)


def watch_conversations(page: Page, hands: Hands) -> None:
    """Leave the list open, still empty, and marked so that a reload would show."""
    hands.click(page.locator(".sidebar").get_by_role("link", name="Conversations"))
    expect(page.get_by_role("searchbox").first).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(0)
    mark(page)


def expect_live_conversation(page: Page) -> None:
    """The conversation came into the open list by itself, question and answer."""
    expect(page.locator("[data-row]")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("[data-row]")).to_contain_text(FACT, timeout=PATIENCE_MS)
    assert is_same_page(page)


def ask(visitor: Page, hands: Hands) -> None:
    hands.click(visitor.get_by_role("button", name="Open chat"))
    visitor.get_by_role("textbox").fill(QUESTION)
    hands.enter(visitor.get_by_role("textbox"))


def expect_streamed_answer(visitor: Page, wire: Wire) -> None:
    """The answer stands under the question with its source, and it came in pieces."""
    expect(visitor.locator(".prose").last).to_contain_text(FACT, timeout=PATIENCE_MS)
    visitor.locator(".notes").get_by_role("button", name=TITLE).wait_for()
    pieces = wire.of("delta")
    assert len(pieces) > 1, wire.frames
    assert FACT in "".join(piece["text"] for piece in pieces)


def mark(page: Page) -> None:
    """Leave a sign in the page that a reload would wipe away."""
    page.evaluate("window.notReloaded = true")


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.notReloaded === true"))


def done_steps(context: BrowserContext, url: str) -> str:
    """How far the overview's checklist says the workspace has come, looked at in a tab of its own."""
    page = context.new_page()
    page.goto(f"{url}/app/")
    words = page.locator("section", has=page.locator("#checklist-title")).get_by_role("status").inner_text()
    page.close()
    return words

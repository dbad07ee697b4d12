"""Right to left, the other side of the page, and axe on every state, theme and hard accent colour."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.widget.conftest import ROOT, OpenPage
from tests.widget.fake_server import Answer, FakeServer
from tests.widget.scenes import FERRY, FERRY_ANSWER, SOURCES, ask, open_chat

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_right_to_left_mirrors_and_nothing_overflows(server: FakeServer, visit: OpenPage, width: int) -> None:
    server.launcher["locale"] = "ar"
    server.widget |= {"locale": "ar", "direction": "rtl", "title": "دراجات المرفأ"}
    server.fallback = Answer("نعم. تسافر الدراجات مجانًا. [1]", SOURCES)
    page = visit(viewport={"width": width, "height": 844})
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("heading", name="دراجات المرفأ").wait_for()
    ask(page, "هل يمكنني؟")
    expect(page.locator(".notes")).to_be_visible()
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] == (20 if width > 480 else 0)
    assert page.locator(".inner").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".log").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_start_position_stands_on_the_other_side(server: FakeServer, visit: OpenPage) -> None:
    server.launcher["position"] = server.widget["position"] = "start"
    page = visit()
    open_chat(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] == 20
    assert page.locator(".inner").evaluate("e => getComputedStyle(e).direction") == "ltr"


AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("color", ["#0d6159", "#ffe600", "#000000", "#e0201b"])
def test_axe_finds_nothing(server: FakeServer, visit: OpenPage, scheme: str, color: str) -> None:
    server.widget["color"] = server.launcher["color"] = color
    server.answers[FERRY] = FERRY_ANSWER
    page = visit(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page.add_script_tag(path=ROOT / "node_modules/axe-core/axe.min.js")
    open_chat(page)
    expect(page.get_by_role("button", name=FERRY)).to_be_visible()
    no_violations(page)
    page.get_by_role("button", name=FERRY).click()
    expect(page.get_by_role("button", name="This helped")).to_be_visible()
    no_violations(page)
    page.get_by_role("button", name="More").click()
    no_violations(page)
    page.keyboard.press("Escape")
    page.locator(".notes button").first.click()
    no_violations(page)
    page.keyboard.press("Escape")
    page.locator(".fine").get_by_role("button").click()
    expect(page.get_by_text("We are getting somebody")).to_be_visible()
    no_violations(page)


def no_violations(page: Page) -> None:
    found = page.evaluate("rules => axe.run('chat-widget', rules)", AXE_RULES)
    told = [
        (one["id"], re.sub(r"\s+", " ", one["nodes"][0]["failureSummary"])) for one in found["violations"]
    ]
    assert told == []

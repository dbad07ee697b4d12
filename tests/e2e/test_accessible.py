"""Every page of the demo obeys WCAG 2.2 AA as far as axe can tell, in both themes and on a phone, and asks nobody else.

axe is evaluated through the browser's own debugging door, which a strict policy does not close: the pages are
judged, and heard, under the policy they ship with.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import ROOT, Product
from tests.e2e.places import PLACES, Place, Visits
from tests.e2e.road import PATIENCE_MS
from tests.e2e.watching import Watcher

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
PLAIN = {"resultTypes": ["violations"], "preload": False}
WHOLE = PLAIN | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What a theme changes is colours; the rest was judged in the other one.
COLOURS = PLAIN | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# The browser itself notes an answer that is an error.
EXPECTED_FAULTS = {"not-found": "404 (Not Found)", "invitation-closed": "410 (Gone)"}
# Colours that are still on their way to the other theme are in neither.
SETTLED = """async () => { await Promise.all(document.getAnimations()
    .filter(each => each.effect.getTiming().iterations !== Infinity).map(each => each.finished.catch(() => 0))); }"""


@pytest.fixture(scope="module")
def visits(browser: Browser, demo_product: Product) -> Iterator[Visits]:
    visits = Visits(browser, demo_product)
    yield visits
    visits.close()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_page(place: Place, visits: Visits) -> None:
    watcher = Watcher([visits.product.url])
    page = visits.contexts[place.actor].new_page()
    watcher.watch(page)
    try:
        page.goto(visits.address(place))
        expect(page.locator("main .skeleton:visible")).to_have_count(0, timeout=PATIENCE_MS)
        faults = judge_in_every_dress(page)
        headings = page.locator("h1").count()
    finally:
        page.close()
    expected = EXPECTED_FAULTS.get(place.name)
    heard = [fault for fault in watcher.take() if expected is None or expected not in fault]
    assert [*faults, *heard] == []
    assert headings == 1


def test_open_widget_on_the_page_of_a_shop(browser: Browser, demo_product: Product) -> None:
    watcher = Watcher([demo_product.url, demo_product.demo_url])
    with browser.new_context(viewport=DESK, reduced_motion="reduce") as context:
        page = context.new_page()
        watcher.watch(page)
        page.goto(demo_product.demo_url)
        page.get_by_role("button", name="Open chat").click()
        page.get_by_role("textbox").fill("Can I take my battery on the plane?")
        page.get_by_role("textbox").press("Enter")
        page.locator(".notes").wait_for()
        page.get_by_role("button", name="This helped").wait_for()
        faults = judge_in_every_dress(page)
        page.locator(".notes button").first.click()
        page.locator(".read").wait_for()
        faults += judge(page, "source", WHOLE)
        assert page.locator("h1").count() == 1
    assert [*faults, *watcher.take()] == []


def test_first_run(browser: Browser, demo_product: Product) -> None:
    """The dashboard of somebody who has just come, which the demo's people never see."""
    with browser.new_context(viewport=DESK, reduced_motion="reduce") as context:
        page = context.new_page()
        sign_up(page, demo_product.url)
        faults = []
        for path in ("/app/", "/app/conversations/", "/app/bots/", "/app/knowledge/"):
            page.goto(f"{demo_product.url}{path}")
            faults += [f"{path} {fault}" for fault in judge_in_every_dress(page)]
    assert faults == []


def sign_up(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/signup/")
    for name, value in (("name", "Ada"), ("company", "Harbour"), ("email", "ada@harbour.example")):
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=password1]").fill("a lantern on the quay")
    page.locator("[name=password1]").press("Enter")
    page.wait_for_url("**/app/**")


def judge_in_every_dress(page: Page) -> list[str]:
    """Light and dark on a desk, light on a phone; says what is wrong where."""
    page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    faults = judge(page, "light", WHOLE)
    page.emulate_media(color_scheme="dark")
    faults += judge(page, "dark", COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    return faults + judge(page, "phone", WHOLE) + _overflow(page)


def judge(page: Page, dress: str, options: dict[str, Any]) -> list[str]:
    page.evaluate(SETTLED)
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{dress}: {violation['id']} at {node['target']}: {node['html'][:160]} {_measured(node)}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _measured(node: dict[str, Any]) -> str:
    """What axe measured: colours and their ratio, sizes."""
    return str([check.get("data") for check in node["any"] if check.get("data")])[:300]


def _overflow(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"phone: the page is {width} px wide"] if width > PHONE["width"] else []

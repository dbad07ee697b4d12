"""Pictures of every page of a fresh demo, at both widths and in both themes.

`python -m tests.e2e.screens FOLDER [NAME …]` writes FOLDER/NAME-WIDTH-THEME.png. `--readme` instead of a folder makes
the four pictures that the README shows.
"""

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.e2e.conftest import BROWSER_ARGUMENTS, ROOT, Product, running
from tests.e2e.places import BOT, OWNER, PLACES, Place, Visits
from tests.e2e.road import PATIENCE_MS

Theme = Literal["light", "dark"]
SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
THEMES: tuple[Theme, ...] = ("light", "dark")
README_FOLDER = ROOT / "docs" / "images"
SCROLLED = """chosen => { const box = document.querySelector(chosen);
    return box.scrollTop + box.clientHeight > box.scrollHeight - 3; }"""
WIDGET = "widget"
WIDGET_QUESTION = "Can I take my battery on the plane?"


def take_all(browser: Browser, product: Product, folder: Path, names: list[str]) -> None:
    visits = Visits(browser, product)
    for place in PLACES:
        if not names or place.name in names:
            _take_place(visits, place, folder)
    visits.close()
    if not names or WIDGET in names:
        _take_widget(browser, product, folder)


def _take_place(visits: Visits, place: Place, folder: Path) -> None:
    page = visits.contexts[place.actor].new_page()
    for size in SIZES:
        page.set_viewport_size(size)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.goto(visits.address(place))
            _settle(page)
            page.screenshot(path=folder / f"{place.name}-{size['width']}-{theme}.png", full_page=True)
    page.close()


def _take_widget(browser: Browser, product: Product, folder: Path) -> None:
    for size in SIZES:
        for theme in THEMES:
            with browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce") as context:
                page = context.new_page()
                open_widget(page, product)
                page.screenshot(path=folder / f"{WIDGET}-{size['width']}-{theme}.png")


def open_widget(page: Page, product: Product) -> None:
    """The shop's page with one answered question."""
    page.goto(product.demo_url)
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("textbox").fill(WIDGET_QUESTION)
    page.get_by_role("textbox").press("Enter")
    page.get_by_role("button", name="This helped").wait_for()


def take_for_readme(browser: Browser, product: Product) -> None:
    """The four that show the most, at a size that loads quickly."""
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    visits = Visits(browser, product)
    page = visits.contexts[OWNER].new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{product.url}/app/")
    _keep(page, "overview-light")
    page.set_viewport_size({"width": 1280, "height": 600})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{product.url}/app/conversations/?queue=all&q=battery")
    talk = page.locator("[data-row]").first.get_attribute("data-row")
    page.goto(f"{product.url}/app/conversations/{talk}/")
    _keep(page, "conversations-dark")
    page.emulate_media(color_scheme="light")
    page.goto(f"{product.url}/app/bots/{BOT}/")
    _try_draft(page)
    _keep(page, "studio")
    page.set_viewport_size({"width": 1000, "height": 720})
    open_widget(page, product)
    _keep(page, WIDGET)
    visits.close()


def _try_draft(page: Page) -> None:
    """Ask the draft, so that the picture shows an answer with the passages it comes from."""
    page.locator("#question").fill(WIDGET_QUESTION)
    page.locator("#question").press("Enter")
    page.locator("#playground .evidence").first.wait_for()
    page.wait_for_function(SCROLLED, arg="#playground .messages")


def _keep(page: Page, name: str) -> None:
    _settle(page)
    page.screenshot(path=README_FOLDER / f"{name}.png")


def _settle(page: Page) -> None:
    expect(page.locator("main .skeleton:visible")).to_have_count(0, timeout=PATIENCE_MS)
    page.evaluate("document.fonts.ready.then(() => true)")


def main(arguments: list[str]) -> None:
    target, *names = arguments
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
        for product in running(Path(work)):
            if target == "--readme":
                take_for_readme(browser, product)
            else:
                Path(target).mkdir(parents=True, exist_ok=True)
                take_all(browser, product, Path(target), names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])

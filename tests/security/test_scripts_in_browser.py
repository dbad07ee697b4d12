"""Hundreds of scripts stored wherever the product shows a text: in Chromium none becomes markup, runs or calls out."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from urllib.parse import quote, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.config.rows import OUR_APPS
from tests.fixtures.hostile_texts import HOSTILE_TEXTS
from tests.security.conftest import Planted
from tests.security.scanning import SWEEP_TEXTS, Watcher
from tests.widget.scenes import ask

pytestmark = pytest.mark.browser

LINKS = """() => [...document.querySelectorAll('a[href], [hx-get]')]
  .map(each => each.getAttribute('href') || each.getAttribute('hx-get'))"""
PUBLIC_ID = re.compile(r"(?<=/)[a-z]+_[A-Za-z0-9]{8,}")
PAGES_OF_A_SHAPE = 1
THREADS = 6
# Fragments, files, and further languages of the same form.
NO_PAGES = r"\.csv|/file/|/files/|/now$|first-steps|/messages(\?|$)|/status/|/row(/|$)|/texts/(?!en|de)"
ANSWERS = 6
SEARCHED = (
    "</title><script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "'onmouseover='window.pwned=1",
)


def shape(address: str) -> str:
    """The address without its ids and values: pages of one shape come from one template."""
    parts = urlsplit(address)
    names = sorted({each.partition("=")[0] for each in parts.query.split("&")})
    path = re.sub(r"(?<=/)\d+(?=/)", "*", PUBLIC_ID.sub("*", parts.path))
    return f"{path}?{'&'.join(names)}"


def walk(watcher: Watcher, page: Page, start: str, within: tuple[str, ...], without: str) -> Counter[str]:
    """Open the start and what its pages link to, a few addresses of each shape; gives how often each was opened."""
    waiting, seen = deque([start]), {start}
    opened: Counter[str] = Counter()
    while waiting:
        address = waiting.popleft()
        if opened[shape(address)] >= PAGES_OF_A_SHAPE:
            continue
        opened[shape(address)] += 1
        watcher.open(page, address)
        links = (urljoin(address, link).partition("#")[0] for link in page.evaluate(LINKS))
        new = [
            each
            for each in links
            if each.startswith(within) and not re.search(without, each) and each not in seen
        ]
        seen.update(new)
        waiting.extend(new)
    return opened


def test_the_dashboard(planted: Planted, signed_in: BrowserContext, owner_tab: Watcher) -> None:
    page, url = signed_in.new_page(), planted.product.url
    opened = walk(owner_tab, page, f"{url}/app/", (f"{url}/app/",), NO_PAGES)
    open_threads(owner_tab, page, url)
    for place in (
        "conversations/?queue=all&q=",
        "knowledge/?q=",
        "knowledge/try/?q=Delivery ",
        "knowledge/?question=",
    ):
        for text in SEARCHED:
            owner_tab.open(page, f"{url}/app/{place.replace(' ', '%20')}{quote(text, safe='')}")
    for name in ("accounts/email/", "accounts/2fa/", "accounts/sessions/"):
        owner_tab.open(page, f"{url}/{name}")
    page.close()
    assert owner_tab.wrong == []
    shapes = " ".join(opened)
    for part in (
        "conversations/*/",
        "bots/*/widget/",
        "bots/*/versions/",
        "bots/*/embed/",
        "knowledge/*/",
        "team/",
        "audit/",
        "usage/",
    ):
        assert part in shapes, f"no page of {part} was reached: {shapes}"


def open_threads(watcher: Watcher, page: Page, url: str) -> None:
    """Talks in which every text is said by everybody."""
    page.goto(f"{url}/app/conversations/?queue=all", wait_until="domcontentloaded")
    threads = [
        link for link in page.evaluate(LINKS) if re.match("/app/conversations/conv_[^/]+/(\\?|$)", link)
    ]
    assert len(threads) > THREADS
    for link in threads[:THREADS]:
        watcher.open(page, url + link)


def test_the_administration(planted: Planted, signed_in: BrowserContext, owner_tab: Watcher) -> None:
    page, url = signed_in.new_page(), planted.product.url
    lists = tuple(f"{url}/operator/{label}/" for label in OUR_APPS)
    opened = walk(owner_tab, page, f"{url}/operator/", lists, r"/(add|history|delete|password)/|\?")
    page.close()
    assert owner_tab.wrong == []
    forms = [each for each in opened if each.endswith("*/change/?")]
    assert len(forms) > 20, sorted(opened)


def test_the_widget_while_answers_stream_in(planted: Planted, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watcher = Watcher(context, planted.product.url, planted.product.demo_url)
    page = context.new_page()
    watcher.open(page, planted.product.demo_url)
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("textbox").wait_for()
    watcher.judge(page)
    for number in range(ANSWERS):
        planted.provider.words = in_pieces(HOSTILE_TEXTS[number::ANSWERS])
        ask(page, f"How long does delivery take? {number} {HOSTILE_TEXTS[number * 40]}")
        page.locator(".prose", has_text="the end").nth(number).wait_for()
        watcher.judge(page)
    open_each_source(watcher, page)
    page.reload(wait_until="domcontentloaded")
    page.get_by_role("button", name="Open chat").click()
    page.locator(".prose", has_text="the end").nth(ANSWERS - 1).wait_for()
    watcher.judge(page)
    for name in ("login", "signup", "password/reset"):
        watcher.open(
            page, f"{planted.product.url}/accounts/{name}/?next=%22%3E%3Csvg%20onload=window.pwned=1%3E"
        )
    context.close()
    assert watcher.wrong == []


def in_pieces(texts: list[str]) -> tuple[str, ...]:
    """A model's answer of all the texts, a few letters a token, so that every construct stands open for a while."""
    whole = "Two days [1] [2].\n\n" + "\n\n".join(texts) + "\n\nthe end"
    return tuple(whole[start : start + 7] for start in range(0, len(whole), 7))


def open_each_source(watcher: Watcher, page: Page) -> None:
    sources = page.locator(".notes").last.get_by_role("button")
    assert sources.count() > 0, "no answer named a source"
    sources.first.click()
    page.get_by_role("button", name="Back to the conversation").wait_for()
    watcher.judge(page)
    page.get_by_role("button", name="Back to the conversation").click()


def test_mails(planted: Planted, browser: Browser) -> None:
    """A mail program has no policy of ours: its HTML alone must hold nothing that a text put there."""
    context = browser.new_context()
    watcher = Watcher(context, planted.product.url)
    page = context.new_page()
    page.goto("about:blank")
    parts = json.loads((planted.folder / "mails.json").read_text())
    watcher.wrong.extend(page.evaluate(SWEEP_TEXTS, parts))
    for part in [*parts[:: len(parts) // 8], *parts[-3:]]:
        page.set_content(part, wait_until="domcontentloaded")
        watcher.judge(page)
    context.close()
    assert watcher.wrong == []


def test_the_watch_sees_what_it_watches_for(planted: Planted, browser: Browser) -> None:
    """The watch itself: on a page that shows the texts raw, most of the scripts are found."""
    context = browser.new_context()
    watcher = Watcher(context)
    page = context.new_page()
    page.goto("about:blank")
    texts = [text for text in HOSTILE_TEXTS if text.startswith("<") and "pwned" in text]
    found = [text for text in texts if page.evaluate(SWEEP_TEXTS, [text])]
    assert len(found) > len(texts) * 0.9, set(texts) - set(found)
    page.route("https://sink.invalid/**", lambda route: route.abort())
    page.set_content("<img src=x onerror=window.pwned=1><img src=https://sink.invalid/x.png>")
    page.wait_for_function("window.pwned")
    watcher.judge(page)
    assert {"pwned", "request"} <= {
        word for each in watcher.wrong for word in re.findall(r"pwned|request", each)
    }
    context.close()

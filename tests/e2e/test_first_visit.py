"""A stranger becomes a customer whose bot answers on a page of another origin, in at most twelve presses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import road
from tests.e2e.conftest import Product
from tests.e2e.host_page import HostPage, hosting
from tests.e2e.road import Hands, Wire
from tests.e2e.watching import Watcher

pytestmark = pytest.mark.browser


@pytest.fixture
def host(empty_product: Product) -> Iterator[HostPage]:
    with hosting(empty_product.url) as page:
        yield page


@pytest.fixture
def watcher(empty_product: Product, host: HostPage) -> Watcher:
    return Watcher([empty_product.url, host.url])


@pytest.fixture
def owner(browser: Browser, empty_product: Product, watcher: Watcher) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=empty_product.url)
        context.on("page", watcher.watch)
        yield context


@pytest.fixture
def visitor(browser: Browser, watcher: Watcher) -> Iterator[Page]:
    with browser.new_context() as context:
        context.on("page", watcher.watch)
        yield context.new_page()


def test_from_an_empty_database_to_an_answer_on_a_page(
    empty_product: Product, host: HostPage, owner: BrowserContext, visitor: Page, watcher: Watcher
) -> None:
    url, hands, wire, page = empty_product.url, Hands(), Wire(), owner.new_page()
    visitor.on("websocket", wire.listen)

    road.sign_up(page, hands, url)
    expect(page.get_by_text("0 of 5 done")).to_be_visible()
    road.make_bot(page, hands)
    assert road.done_steps(owner, url) == "1 of 5 done"

    road.embed(page, hands, host)
    road.mark(page)
    visitor.goto(host.url)
    expect(page.locator("#embed-status")).to_contain_text(
        "The widget is on your page", timeout=road.PATIENCE_MS
    )
    assert road.is_same_page(page)
    assert road.done_steps(owner, url) == "3 of 5 done"

    road.add_text(page, hands)
    assert road.done_steps(owner, url) == "4 of 5 done"

    road.watch_conversations(page, hands)
    road.ask(visitor, hands)
    road.expect_streamed_answer(visitor, wire)
    road.expect_live_conversation(page)

    assert hands.presses <= road.MOST_PRESSES, hands
    watcher.assert_clean()

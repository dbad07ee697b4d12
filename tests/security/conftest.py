"""A running product full of hostile texts, and a browser in which its owner, an operator too, is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.e2e.conftest import BROWSER_ARGUMENTS, STOP_SECONDS, Product, embedded_environment, start
from tests.factories import PASSWORD
from tests.fixtures import fake_openai
from tests.fixtures.fake_openai import Fake
from tests.security.planting import EMAIL
from tests.security.scanning import Watcher

PLANT = "from tests.security.planting import plant; plant({folder!r}, {provider!r})"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the module: while it runs, no test of this process may touch the database."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Planted:
    """The product, the model provider that answers for its bot, and the folder with the mails it wrote."""

    product: Product
    provider: Fake
    folder: Path


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("hostile")
    with fake_openai.running() as provider:
        host = provider.base_url.split("/")[2]
        environment = embedded_environment(folder) | {"OUTBOUND_ALLOWED_HOSTS": host}
        process = start(environment, folder / "product.log", "--no-demo")
        product = Product(
            environment["SITE_URL"], f"http://127.0.0.1:{environment['DEMO_PORT']}", environment
        )
        try:
            product.manage(
                "shell", "-v", "0", "-c", PLANT.format(folder=str(folder), provider=provider.base_url)
            )
            yield Planted(product, provider, folder)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@pytest.fixture(scope="module")
def signed_in(planted: Planted, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{planted.product.url}/accounts/login/", wait_until="domcontentloaded")
    page.fill("[name=login]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{planted.product.url}/app/**", wait_until="domcontentloaded")
    page.close()
    yield context
    context.close()


@pytest.fixture(scope="module")
def watched(planted: Planted, signed_in: BrowserContext) -> Watcher:
    return Watcher(signed_in, planted.product.url)


@pytest.fixture
def owner_tab(watched: Watcher) -> Watcher:
    """The owner's browser under watch, with nothing wrong yet."""
    watched.wrong.clear()
    return watched

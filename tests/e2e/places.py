"""Every page of the demo, by name: its address, and who looks at it. For the accessibility test and pictures."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.conftest import Product

BOT = "bot_dem0sp0kedem0sp0kedem0sp"
OWNER, OPERATOR = "demo-owner@example.com", "demo-operator@example.com"

PUBLIC = {
    "landing": "/",
    "pricing": "/pricing/",
    "docs": "/docs/",
    "doc": "/docs/put-the-widget-on-your-site/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
    "password-reset-sent": "/accounts/password/reset/done/",
    "mail-sent": "/accounts/confirm-email/",
    "invitation-closed": "/app/invitations/forged/",
    "not-found": "/there-is-no-such-page/",
    "admin-sign-in": "/operator/login/",
}
DASHBOARD = {
    "overview": "/app/",
    "overview-helpful": "/app/?metric=helpful&days=90",
    "conversations": "/app/conversations/",
    "conversations-none": "/app/conversations/?q=nobody-ever-wrote-this",
    "conversation": "/app/conversations/{conversation}/",
    "conversation-passages": "/app/conversations/{passages}",
    "bots": "/app/bots/",
    "studio": f"/app/bots/{BOT}/",
    "studio-widget": f"/app/bots/{BOT}/widget/",
    "studio-texts": f"/app/bots/{BOT}/widget/texts/ar/",
    "studio-embed": f"/app/bots/{BOT}/embed/",
    "studio-versions": f"/app/bots/{BOT}/versions/",
    "playground": f"/app/conversations/playground/{BOT}/",
    "knowledge": "/app/knowledge/",
    "knowledge-failed": "/app/knowledge/?state=failed",
    "knowledge-add-page": "/app/knowledge/?add=page",
    "knowledge-add-text": "/app/knowledge/?add=text",
    "knowledge-add-answer": "/app/knowledge/?add=answer",
    "knowledge-item": "/app/knowledge/{item}/",
    "knowledge-edit": "/app/knowledge/{item}/edit/",
    "knowledge-try": f"/app/knowledge/try/?bot={BOT}&q=battery",
    "team": "/app/team/",
    "billing": "/app/billing/",
    "usage": "/app/usage/",
    "api": "/app/api/",
    "provider": "/app/api/providers/new/",
    "settings": "/app/settings/",
    "audit": "/app/settings/audit/",
    "e-mail": "/accounts/email/",
    "password": "/accounts/password/change/",
    "second-factor": "/accounts/2fa/",
    "second-factor-activate": "/accounts/2fa/totp/activate/",
    "sessions": "/accounts/sessions/",
    "sign-out": "/accounts/logout/",
}
OPERATORS = {
    "admin": "/operator/",
    "admin-list": "/operator/conversations/conversation/",
    "admin-form": "/operator/accounts/customer/add/",
    "admin-bot": "/operator/chatbots/chatbot/{bot_key}/change/",
    "admin-history": "/operator/chatbots/chatbot/{bot_key}/history/",
    "admin-delete": "/operator/chatbots/chatbot/{bot_key}/delete/",
}


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    path: str
    actor: str  # "" for nobody in particular


PLACES = [
    Place(name, path, actor)
    for actor, paths in (("", PUBLIC), (OWNER, DASHBOARD), (OPERATOR, OPERATORS))
    for name, path in paths.items()
]


def sign_in(page: Page, product: Product, email: str) -> None:
    page.goto(f"{product.url}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(product.environment["DEMO_PASSWORD"])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/app/**")


def names_in(context: BrowserContext, product: Product) -> dict[str, str]:
    """What the owner's lists name: a conversation with its passages, and an item of knowledge."""
    page = context.new_page()
    page.goto(f"{product.url}/app/conversations/?queue=all&outcome=answered")
    conversation = _first(page, r"/app/conversations/(conv_\w+)/")
    page.goto(f"{product.url}/app/conversations/{conversation}/")
    passages = _first(page, r"/app/conversations/(conv_\w+/messages/\w+/passages)")
    page.goto(f"{product.url}/app/knowledge/?state=ready&kind=TEXT")
    item = _first(page, r"/app/knowledge/(item_\w+)/")
    page.close()
    return {"conversation": conversation, "passages": passages, "item": item}


def keys_in(context: BrowserContext, product: Product) -> dict[str, str]:
    """What the operator's lists name."""
    page = context.new_page()
    page.goto(f"{product.url}/operator/chatbots/chatbot/")
    key = _first(page, r"/operator/chatbots/chatbot/(\d+)/change/")
    page.close()
    return {"bot_key": key}


def _first(page: Page, pattern: str) -> str:
    addresses = page.locator("a[href]").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    found = [match[1] for address in addresses if (match := re.search(pattern, address))]
    assert found, f"{page.url} links to nothing like {pattern}"
    return str(found[0])


class Visits:
    """Contexts of nobody, the owner and an operator, signed in once, and the address of each place."""

    def __init__(self, browser: Browser, product: Product) -> None:
        self.product = product
        self.contexts = {actor: self._context(browser, actor) for actor in ("", OWNER, OPERATOR)}
        self.names = names_in(self.contexts[OWNER], product) | keys_in(self.contexts[OPERATOR], product)

    def _context(self, browser: Browser, actor: str) -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        if actor:
            page = context.new_page()
            sign_in(page, self.product, actor)
            page.close()
        return context

    def address(self, place: Place) -> str:
        return self.product.url + place.path.format(**self.names)

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()

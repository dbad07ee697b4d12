"""Which pages may carry a bot."""

import pytest
from pytest_django import Settings

from chatbots import domains
from chatbots.models import Chatbot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public_site(settings: Settings) -> None:
    settings.SITE_URL = "https://chat.example.org"


CASES = [
    (["shop.example.com"], "https://shop.example.com", True),
    (["shop.example.com"], "https://SHOP.example.com", True),
    (["shop.example.com"], "https://shop.example.com:443", True),
    (["shop.example.com"], "https://shop.example.com:8443", False),
    (["shop.example.com:8443"], "https://shop.example.com:8443", True),
    (["shop.example.com"], "http://shop.example.com", False),
    (["shop.example.com"], "https://evil-shop.example.com", False),
    (["shop.example.com"], "https://shop.example.com.evil.net", False),
    (["shop.example.com"], "https://a.shop.example.com", False),
    (["shop.example.com"], "https://evil.net/shop.example.com", False),
    (["shop.example.com"], "https://shop.example.com@evil.net", False),
    (["shop.example.com"], "https://evil.net#shop.example.com", False),
    (["*.example.com"], "https://a.example.com", True),
    (["*.example.com"], "https://a.b.example.com", False),
    (["*.example.com"], "https://example.com", False),
    (["*.example.com"], "https://aexample.com", False),
    (["localhost:3000"], "http://localhost:3000", True),
    (["localhost:3000"], "https://localhost:3000", True),
    (["localhost:3000"], "http://localhost:3001", False),
    (["127.0.0.1:8001"], "http://127.0.0.1:8001", True),
    (["[::1]:5173"], "http://[::1]:5173", True),
    (["xn--bcher-kva.example"], "https://xn--bcher-kva.example", True),
    ([], "https://shop.example.com", False),
    ([], "https://chat.example.org", True),
    ([], "http://chat.example.org", False),
    ([], "https://chat.example.org:444", False),
    (["shop.example.com"], "https://chat.example.org", True),
    (["shop.example.com"], None, False),
    (["shop.example.com"], "", False),
    (["shop.example.com"], "null", False),
    (["shop.example.com"], "file://", False),
    (["shop.example.com"], "chrome-extension://shop.example.com", False),
    (["shop.example.com"], "https://shop.example.com:port", False),
    (["bad:entry:"], "https://shop.example.com", False),
]


@pytest.mark.parametrize(("entries", "origin", "allowed"), CASES)
def test_compares_origins_exactly(
    chatbot: Chatbot, entries: list[str], origin: str | None, allowed: bool
) -> None:
    chatbot.allowed_domains = entries
    assert domains.origin_allowed(chatbot, origin) is allowed


def test_a_local_start_is_reached_by_each_local_name(chatbot: Chatbot, settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert domains.origin_allowed(chatbot, "http://localhost:8000")
    assert not domains.origin_allowed(chatbot, "http://localhost:8001")


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("https://Shop.Example.com/de/", "shop.example.com"),
        (" shop.example.com:8443 ", "shop.example.com:8443"),
        ("*.example.com", "*.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("http://localhost:3000", "localhost:3000"),
        ("[::1]:5173", "[::1]:5173"),
        ("192.0.2.7", "192.0.2.7"),
    ],
)
def test_understands_what_people_type(typed: str, entry: str) -> None:
    assert domains.normalise(typed) == entry


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "shop",
        "*",
        "*.com",
        "*.localhost",
        "shop.*.com",
        "a b.com",
        "shop.example.com:0",
        "shop.example.com:x",
        "<script>.com",
    ],
)
def test_refuses_what_names_no_page(typed: str) -> None:
    with pytest.raises(domains.InvalidDomainError):
        domains.normalise(typed)

from collections.abc import Callable

import pytest

from integrations.http import FetchedResponse, OutboundFailed, OutboundRefused
from knowledge import ingestion, web_page
from knowledge.exceptions import ExtractionError
from knowledge.models import ItemState, KnowledgeBase

Answer = Callable[..., FetchedResponse]
PAGE = b"""<html><head><title>Hours</title></head>
<body><main><h1>Hours</h1><p>We open at nine every day.</p></main></body></html>"""


def answering(status: int = 200, body: bytes = PAGE, content_type: str = "text/html") -> Answer:
    """The wire: what a site answers."""

    def get(url: str, **_limits: object) -> FetchedResponse:
        return FetchedResponse(url=url, status=status, content_type=content_type, body=body, headers={})

    return get


def failing(error: Exception) -> Answer:
    def get(url: str, **_limits: object) -> FetchedResponse:
        raise error

    return get


def test_a_page_becomes_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_page, "guarded_get", answering())
    document = web_page.read("https://shop.example/hours")
    assert (document.title, document.text) == ("Hours", "# Hours\n\nWe open at nine every day.")


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (answering(404), "bad_status"),
        (answering(403), "forbidden"),
        (failing(OutboundRefused("private")), "refused"),
        (failing(OutboundFailed("timeout")), "unreachable"),
        (answering(body=b"\x00\x01", content_type="image/png"), "unsupported"),
    ],
)
def test_failures_say_what_to_do(monkeypatch: pytest.MonkeyPatch, wire: Answer, code: str) -> None:
    monkeypatch.setattr(web_page, "guarded_get", wire)
    with pytest.raises(ExtractionError) as refusal:
        web_page.read("https://shop.example/")
    assert refusal.value.code == code
    assert refusal.value.remedy


@pytest.mark.django_db
def test_reading_again_replaces_the_page(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_page, "guarded_get", answering())
    item = ingestion.ingest_now(ingestion.add_web_page(base, url="https://shop.example/hours"))
    assert (item.title, item.state) == ("Hours", ItemState.READY)
    monkeypatch.setattr(web_page, "guarded_get", answering(body=PAGE.replace(b"nine", b"ten")))
    assert ingestion.read_again(item)
    item = ingestion.ingest_now(item)
    assert "at ten" in item.chunks.get().text


@pytest.mark.django_db
def test_private_addresses_are_never_fetched(base: KnowledgeBase) -> None:
    item = ingestion.ingest_now(ingestion.add_web_page(base, url="http://127.0.0.1:6379/"))
    assert (item.state, item.failure_code) == (ItemState.FAILED, "refused")

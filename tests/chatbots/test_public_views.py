"""What a page of another origin gets, and what counts as the widget calling home."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Customer
from chatbots import widgets
from chatbots.models import Chatbot, ChatbotStatus
from tests.chatbots.pictures import PNG

SHOP = "https://shop.example.com"


@pytest.fixture(autouse=True)
def on_a_shop(chatbot: Chatbot) -> None:
    Chatbot.objects.filter(pk=chatbot.pk).update(allowed_domains=["shop.example.com"])


def address(chatbot: Chatbot) -> str:
    return f"/widget/{chatbot.public_id}/launcher?locale=de-DE"


def test_an_allowed_page_gets_the_launcher(chatbot: Chatbot, client: Client) -> None:
    response = client.get(address(chatbot), headers={"origin": SHOP})
    assert response.json() == {
        "color": "#0f6b5c",
        "position": "end",
        "theme": "auto",
        "label": "Open chat",
        "teaser": "",
        "locale": "de",
    }
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in response
    assert "Origin" in response["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://shop.example.com"])
def test_other_pages_get_nothing_and_count_nothing(
    chatbot: Chatbot, client: Client, origin: str | None
) -> None:
    response = client.get(address(chatbot), headers={"origin": origin} if origin else {})
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response
    assert "Origin" in response["Vary"]
    chatbot.refresh_from_db()
    assert chatbot.first_seen_at is None


def test_our_own_page_sends_no_origin(chatbot: Chatbot, client: Client) -> None:
    assert client.get(address(chatbot), headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert client.get(address(chatbot), headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_calls_home_at_most_once_a_minute(
    chatbot: Chatbot, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(address(chatbot), headers={"origin": SHOP})
    chatbot.refresh_from_db()
    first = chatbot.first_seen_at
    assert first
    assert chatbot.last_seen_origin == SHOP
    with django_assert_num_queries(1):
        client.get(address(chatbot), headers={"origin": SHOP})
    Chatbot.objects.update(last_seen_at=timezone.now() - timedelta(minutes=2))
    client.get(address(chatbot), headers={"origin": SHOP})
    chatbot.refresh_from_db()
    assert chatbot.first_seen_at == first
    assert chatbot.last_seen_at
    assert chatbot.last_seen_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize("reason", ["unknown", "paused", "suspended"])
def test_a_silent_bot_is_not_there(chatbot: Chatbot, customer: Customer, client: Client, reason: str) -> None:
    if reason == "unknown":
        chatbot.public_id = "bot_unknown"
    elif reason == "paused":
        Chatbot.objects.update(status=ChatbotStatus.PAUSED)
    else:
        Customer.objects.filter(pk=customer.pk).update(suspended_at=timezone.now())
    assert client.get(address(chatbot), headers={"origin": SHOP}).status_code == 404
    assert client.get(f"/widget/{chatbot.public_id}/avatar").status_code == 404


def test_serves_the_picture_so_that_nothing_in_it_runs(
    chatbot: Chatbot, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    assert client.get(f"/widget/{chatbot.public_id}/avatar").status_code == 404
    widgets.change_avatar(chatbot.widget_settings, SimpleUploadedFile("a.png", PNG), None)
    response = client.get(f"/widget/{chatbot.public_id}/avatar")
    assert b"".join(response) == PNG  # type: ignore[call-overload]
    assert response["Content-Type"] == "image/png"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"

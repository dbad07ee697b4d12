"""The studio's pages: making, editing, publishing, the widget, and where it may stand."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AuditEntry, Customer, MemberRole, User
from chatbots import publishing
from chatbots.models import Chatbot
from tests import factories
from tests.chatbots import pictures

DRAFT = {
    "name": "Spoke",
    "language": "",
    "tone": "FRIENDLY",
    "instructions": "Be short.",
    "answer_mode": "GROUNDED",
    "refusal_text": "",
    "offer_after_refusals": "2",
    "model_choice": "",
    "temperature": "0.20",
}
WIDGET = {
    "color": "#FFE14D",
    "position": "start",
    "theme": "dark",
    "title": "Ask Spoke",
    "greeting": "Hello <b>you</b>",
    "teaser": "",
    "suggested_questions": "One?\n\n  Two?  \nOne?",
    "show_sources": "on",
}


@pytest.fixture
def bot(customer: Customer, owner: User) -> Chatbot:
    return publishing.create_chatbot(customer, "Spoke", actor=owner)


def test_makes_a_bot_from_a_name(member_client: Client, customer: Customer) -> None:
    assert "No bot yet" in member_client.get("/app/bots/").content.decode()
    response = member_client.post("/app/bots/new/", {"name": "Spoke"})
    bot = Chatbot.objects.get()
    assert response["Location"] == f"/app/bots/{bot.public_id}/"
    assert bot.live_version
    page = member_client.get(response["Location"]).content.decode()
    assert "Version 1 is live" in page


def test_says_when_the_plan_holds_no_further_bot(member_client: Client, customer: Customer) -> None:
    for number in range(20):
        response = member_client.post("/app/bots/new/", {"name": f"Bot {number}"})
        if response.status_code == 200:
            break
    assert "Your plan holds" in response.content.decode()
    assert Chatbot.objects.count() == number


def test_a_saved_draft_marks_what_differs_from_live(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/"
    assert member_client.post(f"{address}draft/", DRAFT)["Location"] == address
    page = member_client.get(address).content.decode()
    assert "Draft, 3 changes" in page
    assert page.count('<span class="changed">') == 3
    assert "Publish version 2" in page
    bot.refresh_from_db()
    assert bot.handover_rules == {"after_refusals": 2}
    assert publishing.live_persona(bot).tone == "NEUTRAL"


def test_saves_while_typing_and_answers_with_the_changed_parts(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/draft/"
    htmx = {"hx-request": "true"}
    page = member_client.post(address, DRAFT, headers=htmx).content.decode()
    assert "Draft saved" in page
    assert 'id="studio-head" hx-swap-oob="true"' in page
    refused = member_client.post(address, DRAFT | {"name": ""}, headers=htmx)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#behaviour")
    assert "This field is required" in refused.content.decode()
    mended = member_client.post(address, DRAFT | {"was_invalid": "1"}, headers=htmx)
    assert mended["HX-Retarget"] == "#behaviour"
    assert "This field is required" not in mended.content.decode()


def test_publishes_and_goes_back_by_undo(bot: Chatbot, member_client: Client) -> None:
    first = bot.live_version
    assert first
    address = f"/app/bots/{bot.public_id}/"
    member_client.post(f"{address}draft/", DRAFT)
    member_client.post(f"{address}publish/", {"note": "Friendlier"})
    bot.refresh_from_db()
    assert bot.live_version
    assert (bot.live_version.number, bot.live_version.note) == (2, "Friendlier")
    member_client.post(f"{address}versions/{first.public_id}/publish/")
    page = member_client.get(f"{address}versions/").content.decode()
    assert f'action="{address}versions/{bot.live_version.public_id}/publish/"' in page
    bot.refresh_from_db()
    assert bot.live_version == first


def test_discards_the_draft(bot: Chatbot, member_client: Client) -> None:
    member_client.post(f"/app/bots/{bot.public_id}/draft/", DRAFT)
    member_client.post(f"/app/bots/{bot.public_id}/draft/discard/")
    bot.refresh_from_db()
    assert publishing.changes(bot) == []


def test_pauses_with_an_undo(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/"
    member_client.post(f"{address}pause/")
    page = member_client.get(address).content.decode()
    assert "Paused" in page
    assert f'action="{address}resume/"' in page
    member_client.post(f"{address}resume/")
    bot.refresh_from_db()
    assert bot.is_active


def test_deletes_only_by_its_name(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/delete/"
    member_client.post(address, {"name": "Speck"})
    assert Chatbot.objects.exists()
    assert member_client.post(address, {"name": " Spoke "})["Location"] == "/app/bots/"
    assert not Chatbot.objects.exists()


def test_saves_the_widget_at_once(bot: Chatbot, member_client: Client) -> None:
    member_client.post(f"/app/bots/{bot.public_id}/widget/save/", WIDGET)
    widget = Chatbot.objects.get().widget_settings
    assert (widget.color, widget.position, widget.title) == ("#ffe14d", "start", "Ask Spoke")
    assert widget.suggested_questions == ["One?", "Two?"]
    assert (widget.show_sources, widget.person_offered) == (True, False)
    entry = AuditEntry.objects.get(action="chatbot.widget_changed")
    assert entry.before["color"] == "#0f6b5c"
    page = member_client.get(f"/app/bots/{bot.public_id}/widget/").content.decode()
    assert "<b>you</b>" not in page
    assert "Black text on it" in page


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "#zzzzzz", "url(x)"])
def test_refuses_what_is_no_colour(bot: Chatbot, member_client: Client, color: str) -> None:
    member_client.post(f"/app/bots/{bot.public_id}/widget/save/", WIDGET | {"color": color})
    assert Chatbot.objects.get().widget_settings.color == "#0f6b5c"


def test_takes_a_picture_and_takes_it_away(
    bot: Chatbot, member_client: Client, settings: Settings, tmp_path: Path
) -> None:
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = settings.STORAGES | {"default": storage}
    address = f"/app/bots/{bot.public_id}/widget/save/"
    page = member_client.post(address, WIDGET | {"avatar": SimpleUploadedFile("x.png", pictures.SVG)})
    assert "no PNG, JPEG or WebP" in page.content.decode()
    member_client.post(address, WIDGET | {"avatar": SimpleUploadedFile("../x.svg", pictures.PNG)})
    widget = Chatbot.objects.get().widget_settings
    assert re.fullmatch(r"avatars/[0-9a-f]{32}\.png", str(widget.avatar.name))
    assert b"".join(member_client.get(f"/widget/{bot.public_id}/avatar")) == pictures.PNG  # type: ignore[call-overload]
    member_client.post(address, WIDGET | {"remove_avatar": "on"})
    assert not Chatbot.objects.get().widget_settings.avatar


def test_speaks_another_language_in_the_customers_words(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/widget/texts/ar/"
    assert "العربي" in member_client.get(address).content.decode()
    member_client.post(address, {"greeting": "مرحبا", "suggested_questions": "أين؟"})
    texts = Chatbot.objects.get().widget_settings.locale_texts
    assert texts == {"ar": {"greeting": "مرحبا", "suggested_questions": ["أين؟"]}}
    member_client.post(address, {})
    assert Chatbot.objects.get().widget_settings.locale_texts == {}
    assert member_client.get(f"/app/bots/{bot.public_id}/widget/texts/xx/").status_code == 404


def test_the_embed_page_turns_green_by_itself(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/embed/"
    page = member_client.get(address).content.decode()
    assert f"data-bot=&quot;{bot.public_id}&quot;&gt;&lt;/script&gt;" in page
    assert 'hx-trigger="every 3s"' in page
    member_client.post(f"{address}domains/", {"allowed_domains": "https://Shop.example.com/\nlocalhost:3000"})
    bot.refresh_from_db()
    assert bot.allowed_domains == ["shop.example.com", "localhost:3000"]
    Client().get(f"/widget/{bot.public_id}/launcher", headers={"origin": "https://shop.example.com"})
    status = member_client.get(f"{address}status/").content.decode()
    assert "on your page" in status
    assert "https://shop.example.com" in status
    assert "hx-trigger" not in status


def test_refuses_a_domain_in_words(bot: Chatbot, member_client: Client) -> None:
    address = f"/app/bots/{bot.public_id}/embed/domains/"
    page = member_client.post(address, {"allowed_domains": "shop.example.com\nnonsense"}).content.decode()
    assert "“nonsense” is not a domain" in page
    bot.refresh_from_db()
    assert bot.allowed_domains == []


def test_agents_look_and_do_not_touch(bot: Chatbot, customer: Customer) -> None:
    client = Client()
    client.force_login(factories.make_member(customer, role=MemberRole.AGENT).user)
    page = client.get(f"/app/bots/{bot.public_id}/").content.decode()
    assert '<fieldset class="studio__fields" disabled>' in page
    assert "Publish" not in page
    assert client.post(f"/app/bots/{bot.public_id}/draft/", DRAFT).status_code == 403


@pytest.mark.parametrize(("path", "queries"), [("", 8), ("widget/", 8), ("embed/", 8), ("versions/", 9)])
def test_pages_ask_a_fixed_number_of_queries(
    bot: Chatbot,
    owner: User,
    member_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    for number in range(3):
        publishing.edit(bot, {"instructions": f"{number} {timezone.now()}"}, owner)
        publishing.publish(bot, owner)
    address = f"/app/bots/{bot.public_id}/{path}"
    member_client.get(address)
    with django_assert_num_queries(queries):
        member_client.get(address)

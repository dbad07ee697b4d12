"""The playground: private talks with the draft or the live bot, the passages used, and starting again."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, MemberRole, User
from chatbots import publishing
from chatbots.models import Chatbot
from conversations import answering, playground
from conversations.models import AuthorKind, Conversation
from tests import factories
from tests.conversations.talks import make_talk

HTMX = {"HX-Request": "true"}


def address(chatbot: Chatbot, name: str = "playground") -> str:
    return reverse(f"conversations:{name}", args=(chatbot.public_id,))


def ask(client: Client, chatbot: Chatbot, text: str, version: str = "draft") -> str:
    """Ask by the page and let the engine answer, as its task would."""
    page = client.post(address(chatbot), {"text": text, "version": version}, headers=HTMX)
    assert page.status_code == 200
    talk = Conversation.objects.filter(is_preview=True, channel_account=version).latest("id")
    answering.answer(talk.pk)
    return page.content.decode()


def test_asks_the_draft_and_shows_its_passages(
    member_client: Client, published_bot: Chatbot, owner: User
) -> None:
    page = ask(member_client, published_bot, "What does delivery cost?")
    assert "What does delivery cost?" in page
    assert 'hx-trigger="every 1s"' in page
    updates = member_client.get(
        address(published_bot, "playground_messages"), {"revision": 1, "sequence": 1}, headers=HTMX
    )
    text = updates.content.decode()
    assert "Delivery costs 4 euros" in text
    assert "passages, 1 used" in text or "passage, 1 used" in text
    assert "Draft" in text
    assert 'hx-trigger="every 1s"' not in text


def test_draft_and_live_are_two_talks(member_client: Client, published_bot: Chatbot, owner: User) -> None:
    publishing.edit(published_bot, {"refusal_text": "DRAFT says no."}, owner)
    ask(member_client, published_bot, "What is the capital of Mongolia?")
    ask(member_client, published_bot, "What is the capital of Mongolia?", version="live")
    draft = member_client.get(address(published_bot), {"version": "draft"}, headers=HTMX).content.decode()
    live = member_client.get(address(published_bot), {"version": "live"}, headers=HTMX).content.decode()
    assert "DRAFT says no." in draft
    assert "DRAFT says no." not in live


def test_new_conversation_starts_empty(member_client: Client, published_bot: Chatbot, owner: User) -> None:
    ask(member_client, published_bot, "What does delivery cost?")
    page = member_client.post(address(published_bot, "playground_new"), {"version": "draft"}, headers=HTMX)
    assert "What does delivery cost?" not in page.content.decode()
    assert playground.current(published_bot, owner, "draft") is None


def test_previews_show_nowhere_else(member_client: Client, published_bot: Chatbot) -> None:
    ask(member_client, published_bot, "What does delivery cost?")
    talk = Conversation.objects.get(is_preview=True)
    assert "delivery cost" not in member_client.get("/app/conversations/?queue=all").content.decode()
    assert member_client.get(reverse("conversations:thread", args=(talk.public_id,))).status_code == 404
    assert Conversation.objects.unread_of(published_bot.customer) == 0
    assert not published_bot.customer.usage_logs.exists()


def test_members_do_not_see_each_others_talks(member_client: Client, published_bot: Chatbot) -> None:
    ask(member_client, published_bot, "What does delivery cost?")
    other = Client()
    other.force_login(factories.make_member(published_bot.customer, role=MemberRole.AGENT).user)
    assert "What does delivery cost?" not in other.get(address(published_bot), headers=HTMX).content.decode()


def test_works_as_a_page_without_htmx(member_client: Client, chatbot: Chatbot) -> None:
    page = member_client.get(address(chatbot)).content.decode()
    assert "<html" in page
    answer = member_client.post(address(chatbot), {"text": "Hello?", "version": "live"})
    assert answer.headers["Location"] == address(chatbot) + "?version=live"
    assert "Hello?" in member_client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_refused_question_says_why(member_client: Client, chatbot: Chatbot, text: str) -> None:
    answer = member_client.post(address(chatbot), {"text": text}, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("name", ["playground", "playground_messages"])
def test_stranger_gets_404(stranger_client: Client, chatbot: Chatbot, name: str) -> None:
    assert stranger_client.get(address(chatbot, name)).status_code == 404


@pytest.mark.parametrize("name", ["playground", "playground_new"])
def test_stranger_asks_nothing(stranger_client: Client, chatbot: Chatbot, name: str) -> None:
    assert stranger_client.post(address(chatbot, name), {"text": "Hi"}).status_code == 404
    assert not Conversation.objects.exists()


def test_contact_of_a_member_is_made_once(chatbot: Chatbot, owner: User, customer: Customer) -> None:
    assert playground.contact_of(chatbot, owner) == playground.contact_of(chatbot, owner)
    assert customer.contacts.count() == 1


def test_a_visitors_talk_is_not_taken_for_a_preview(chatbot: Chatbot, owner: User) -> None:
    talk = make_talk(chatbot, "A visitor", channel_account="draft")
    assert talk.messages.filter(author_kind=AuthorKind.VISITOR).exists()
    assert playground.current(chatbot, owner, "draft") is None

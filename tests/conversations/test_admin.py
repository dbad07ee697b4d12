"""Operators find every row of a conversation, change none of what was said, and nothing in it runs."""

import pytest
from django.test import Client
from django.urls import reverse

from chatbots.models import Chatbot
from conversations.models import AuthorKind, Contact, Message
from tests.conversations.talks import CITATION, READ, make_talk

MODELS = ("contact", "contactidentity", "conversation", "message", "turn")
EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_searches(operator_client: Client, chatbot: Chatbot, model: str) -> None:
    make_talk(chatbot, "Hello", "Hi")
    address = reverse(f"admin:conversations_{model}_changelist")
    assert operator_client.get(address).status_code == 200
    assert operator_client.get(address, {"q": "conv_x"}).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_members_are_kept_out(member_client: Client, model: str) -> None:
    assert member_client.get(reverse(f"admin:conversations_{model}_changelist")).status_code == 302


def test_messages_are_read_only_and_inert(operator_client: Client, chatbot: Chatbot) -> None:
    citation = {**CITATION, "title": EVIL, "quote": EVIL}
    talk = make_talk(
        chatbot, EVIL, EVIL, answer_fields={"citations": [citation], "retrieved": [{**READ, "title": EVIL}]}
    )
    message = talk.messages.get(author_kind=AuthorKind.BOT)
    address = reverse("admin:conversations_message_change", args=(message.pk,))
    for page in (
        operator_client.get(address),
        operator_client.get(reverse("admin:conversations_message_changelist")),
    ):
        text = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
    assert operator_client.post(address, {"content": "forged"}).status_code == 403
    assert (
        operator_client.post(reverse("admin:conversations_message_delete", args=(message.pk,))).status_code
        == 403
    )
    assert Message.objects.get(pk=message.pk).content == EVIL


def test_conversations_and_contacts_open(operator_client: Client, chatbot: Chatbot) -> None:
    talk = make_talk(chatbot, "Hello", "Hi")
    pairs = (("conversation", talk.pk), ("contact", Contact.objects.get().pk))
    for model, pk in pairs:
        assert (
            operator_client.get(reverse(f"admin:conversations_{model}_change", args=(pk,))).status_code == 200
        )

"""The dashboard's socket: members only, their own conversations only, closed within seconds of the end of a right."""

from typing import Any

import aiohttp
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from accounts.models import Customer, MemberRole, Membership, User
from chatbots.models import Chatbot
from conversations import consumers, handover, inbox
from conversations.inbox import InboundMessage
from conversations.models import Conversation
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return (
        f"{django_settings.SESSION_COOKIE_NAME}={client.cookies[django_settings.SESSION_COOKIE_NAME].value}"
    )


class Dashboard:
    """A member's browser tab."""

    def __init__(self, address: str, cookie: str, origin: str | None = None) -> None:
        self.address, self.cookie = address, cookie
        self.origin = origin or f"http://{address}"

    async def __aenter__(self) -> "Dashboard":
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(
            f"ws://{self.address}/ws/dashboard/", headers={"Cookie": self.cookie, "Origin": self.origin}
        )
        assert await self.hear() == {"type": "hello"}
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def hear(self, seconds: float = 10) -> Any:
        message = await self.socket.receive(timeout=seconds)
        return message.json() if message.type is aiohttp.WSMsgType.TEXT else self.socket.close_code


async def refused(address: str, cookie: str, origin: str | None = None) -> bool:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with Dashboard(address, cookie, origin):
            pass
    return refusal.value.status == 403


@pytest.fixture
def conversation(live_address: str, chatbot: Chatbot) -> Conversation:
    return factories.make_conversation(chatbot)


@sync_to_async
def visitor_writes(conversation: Conversation, text: str = "Hello") -> None:
    inbox.receive_message(
        InboundMessage(
            chatbot=conversation.chatbot, contact=conversation.contact, text=text, client_id=text[:60]
        )
    )


async def test_tells_members_of_changes_in_their_own_conversations(
    live_address: str, conversation: Conversation, owner: User, stranger: User, other_customer: Customer
) -> None:
    mine, theirs = await sync_to_async(sign_in)(owner), await sync_to_async(sign_in)(stranger)
    async with Dashboard(live_address, mine) as own, Dashboard(live_address, theirs) as foreign:
        await visitor_writes(conversation)
        assert await own.hear() == {"type": "changed", "conversation": conversation.public_id}
        await foreign.socket.send_json({"type": "watch", "conversation": conversation.public_id})
        assert (await foreign.hear())["code"] == "not_found"


async def test_only_signed_in_members_on_our_own_pages_connect(
    live_address: str, conversation: Conversation, owner: User
) -> None:
    cookie = await sync_to_async(sign_in)(owner)
    lonely = await sync_to_async(factories.make_user)()
    assert await refused(live_address, "")
    assert await refused(live_address, cookie, origin="https://evil.example.com")
    assert await refused(live_address, await sync_to_async(sign_in)(lonely))


@pytest.mark.parametrize("ending", ["member_removed", "customer_suspended", "signed_out", "password_changed"])
async def test_closes_within_seconds_when_the_right_ends(
    live_address: str,
    conversation: Conversation,
    customer: Customer,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    agent = await sync_to_async(factories.make_member)(customer, role=MemberRole.AGENT)
    cookie = await sync_to_async(sign_in)(agent.user)
    async with Dashboard(live_address, cookie) as dashboard:
        await _end(ending, agent, customer, cookie)
        assert await dashboard.hear(5) == consumers.CLOSE_REFUSED


@sync_to_async
def _end(ending: str, agent: Membership, customer: Customer, cookie: str) -> None:
    if ending == "member_removed":
        agent.delete()
    elif ending == "customer_suspended":
        Customer.objects.filter(pk=customer.pk).update(suspended_at=timezone.now())
    elif ending == "signed_out":
        client = Client()
        client.cookies.load(cookie)
        client.logout()
    else:
        agent.user.set_password("another long password")
        agent.user.save()


def test_the_recheck_keeps_the_promise_of_five_seconds() -> None:
    assert consumers.RECHECK_SECONDS < 5


async def test_garbage_gets_an_error_and_the_socket_lives_on(
    live_address: str, conversation: Conversation, owner: User
) -> None:
    async with Dashboard(live_address, await sync_to_async(sign_in)(owner)) as dashboard:
        for frame in ("", "{", '{"type":"reboot"}', '{"type":"watch","conversation":7}'):
            await dashboard.socket.send_str(frame)
            assert (await dashboard.hear())["type"] == "error"
        await dashboard.socket.send_json({"type": "ping"})
        assert await dashboard.hear() == {"type": "pong"}


async def test_a_status_change_reaches_the_dashboard(
    live_address: str, conversation: Conversation, owner: User
) -> None:
    async with Dashboard(live_address, await sync_to_async(sign_in)(owner)) as dashboard:
        await sync_to_async(handover.close)(conversation, owner)
        assert (await dashboard.hear())["conversation"] == conversation.public_id

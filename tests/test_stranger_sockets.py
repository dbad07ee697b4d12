"""Every socket and every frame as a stranger: another tenant's ids get an error and change nothing.

A route or a frame that this file does not know fails the build: give it a row.
"""

from typing import Any, get_args

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Customer, User
from chatbots.models import Chatbot
from conversations import frames, inbox, routing
from conversations.inbox import InboundMessage
from conversations.models import Conversation, Message
from tests import factories
from tests.conversations.test_dashboard_socket import Dashboard, sign_in
from tests.live_server import WidgetClient

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "https://shop.example.com"

# What a stranger sends in each frame, about the first tenant's {conversation} and {message}.
DASHBOARD_ATTACKS: dict[str, dict[str, Any]] = {
    "watch": {"conversation": "{conversation}"},
    "unwatch": {},
    "ping": {},
}
VISITOR_ATTACKS: dict[str, dict[str, Any]] = {
    "hello": {"token": "{token}", "cursor": {"sequence": 0, "revision": 0}},
    "send": {"client_id": "{message}", "text": "Hello"},
    "stop": {},
    "feedback": {"message": "{message}", "value": 1},
    "ask_person": {},
    "ping": {},
}
ROUTES = {"ws/widget/<str:bot>/", "ws/dashboard/", "^.*$"}


def tags(union: Any) -> set[str]:
    return {frame.__struct_config__.tag for frame in get_args(union)}


def test_every_route_and_frame_has_a_row() -> None:
    assert {str(route.pattern) for route in routing.websocket_urlpatterns} == ROUTES
    assert tags(frames.DashboardFrame) == set(DASHBOARD_ATTACKS)
    assert tags(frames.VisitorFrame) == set(VISITOR_ATTACKS)


@pytest.fixture
def talk(live_address: str, chatbot: Chatbot) -> Message:
    """The first tenant's conversation with one message."""
    inbound = InboundMessage(
        chatbot=chatbot,
        contact=factories.make_contact(chatbot.customer),
        text="Private words",
        client_id="c1",
    )
    return inbox.receive_message(inbound).message


def filled(attack: dict[str, Any], **ids: str) -> dict[str, Any]:
    return {name: value.format(**ids) if isinstance(value, str) else value for name, value in attack.items()}


@sync_to_async
def state() -> tuple[Any, ...]:
    conversation = Conversation.objects.order_by("id").values().first()
    return conversation, list(Message.objects.filter(conversation_id=conversation["id"]).values())  # type: ignore[index]


@pytest.mark.parametrize("kind", sorted(DASHBOARD_ATTACKS))
async def test_a_member_of_another_customer_learns_and_changes_nothing(
    live_address: str, talk: Message, stranger: User, other_customer: Customer, kind: str
) -> None:
    before = await state()
    ids = {"conversation": talk.conversation.public_id, "message": talk.public_id}
    async with Dashboard(live_address, await sync_to_async(sign_in)(stranger)) as dashboard:
        await dashboard.socket.send_json({"type": kind, **filled(DASHBOARD_ATTACKS[kind], **ids)})
        await dashboard.socket.send_json({"type": "ping"})
        heard = [await dashboard.hear()]
        while heard[-1].get("type") != "pong":
            heard.append(await dashboard.hear())
    assert "Private words" not in str(heard)
    assert {frame["type"] for frame in heard} <= {"pong", "error"}
    assert await state() == before


@pytest.mark.parametrize("kind", sorted(VISITOR_ATTACKS))
async def test_a_visitor_of_another_bot_learns_and_changes_nothing(
    live_address: str, talk: Message, other_customer: Customer, kind: str
) -> None:
    before = await state()
    foreign = await _published(other_customer)
    ids = {"conversation": talk.conversation.public_id, "message": talk.public_id}
    async with WidgetClient(live_address, foreign.public_id, ORIGIN) as client:
        await client.begin_session()
        await client.open_socket()
        await client.hello()
        await client.say({"type": kind, **filled(VISITOR_ATTACKS[kind], token=client.token, **ids)})
        await client.say({"type": "ping"})
        await client.until("pong")
    assert "Private words" not in str(client.frames)
    assert await state() == before


@sync_to_async
def _published(customer: Customer) -> Chatbot:
    from chatbots import publishing

    chatbot = publishing.create_chatbot(customer, "Foreign")
    Chatbot.objects.filter(pk=chatbot.pk).update(allowed_domains=["shop.example.com"])
    return chatbot

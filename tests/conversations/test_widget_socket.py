"""The widget's road over a real socket: who may open it, what it answers, and that nothing counts twice."""

import json
from typing import Any

import aiohttp
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache

from accounts.models import Customer, User
from chatbots.models import Chatbot, ChatbotStatus
from conversations import handover, inbox
from conversations.models import Conversation, Message, MessageState, RefusalCause, Turn, TurnState
from tests import factories
from tests.conversations.conftest import ORIGIN
from tests.live_server import WidgetClient
from usage.models import Reservation, ReservationState, UsageLog

pytestmark = pytest.mark.django_db(transaction=True)


async def connected(live_address: str, bot: Chatbot) -> WidgetClient:
    client = await WidgetClient(live_address, bot.public_id, ORIGIN).__aenter__()
    await client.begin_session(locale="en")
    await client.open_socket()
    return client


@sync_to_async
def stored(model: Any, **filters: Any) -> list[Any]:
    return list(model.objects.filter(**filters))


async def test_streams_a_grounded_answer_with_its_source(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        welcome = await client.hello(sequence=0, revision=0)
        assert (welcome["conversation"], welcome["messages"]) == (None, [])
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        ack = await client.until("ack")
        done = await client.until("done")
    streamed = "".join(frame["text"] for frame in client.frames if frame["type"] == "delta")
    message = done["message"]
    assert ack["sequence"] == 1
    assert "4 euros" in message["text"]
    assert "4 euros" in streamed
    assert (message["state"], message["refused"], message["sequence"]) == ("complete", False, 2)
    assert message["citations"][0]["title"] == "Delivery"
    assert "Delivery costs 4 euros" in message["citations"][0]["quote"]
    phases = [frame["phase"] for frame in client.frames if frame["type"] == "phase"]
    assert phases == ["searching", "answering"]


async def test_deltas_meet_without_gap_in_utf16_units(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost? 🚲"})
        await client.until("done")
    length = 0
    for frame in client.frames:
        if frame["type"] == "delta":
            assert frame["offset"] == length
            length += len(frame["text"].encode("utf-16-le")) // 2


async def test_refuses_what_the_pages_do_not_hold_and_counts_nothing(
    live_address: str, published_bot: Chatbot
) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "What is the capital of Mongolia?"})
        done = await client.until("done")
    assert done["message"]["refused"] is True
    assert done["message"]["text"] == "I found nothing about that on our pages, so I would rather not guess."
    assert await stored(UsageLog) == []
    (reservation,) = await stored(Reservation)
    assert reservation.state in {ReservationState.SETTLED, ReservationState.RELEASED}


async def test_an_answer_is_metered_once(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        for _ in range(2):
            await client.say({"type": "send", "client_id": "same", "text": "How much does delivery cost?"})
        while {"ack", "done"} - {frame["type"] for frame in client.frames} or _count(client, "ack") < 2:
            assert (await client.hear())["type"] != "closed", client.frames
    assert [log.type for log in await stored(UsageLog)] == ["MESSAGE"]
    assert [turn.state for turn in await stored(Turn)] == [TurnState.DONE]
    assert len(await stored(Message)) == 2


def _count(client: WidgetClient, kind: str) -> int:
    return sum(frame["type"] == kind for frame in client.frames)


async def test_the_history_comes_back_to_the_same_browser_only(
    live_address: str, published_bot: Chatbot
) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        await client.until("done")
        key = client.visitor_key
    async with WidgetClient(live_address, published_bot.public_id, ORIGIN) as returning:
        await returning.begin_session(visitor_key=key)
        await returning.open_socket()
        welcome = await returning.hello(sequence=0, revision=0)
    assert [message["role"] for message in welcome["messages"]] == ["USER", "ASSISTANT"]
    async with await connected(live_address, published_bot) as somebody_else:
        assert (await somebody_else.hello())["messages"] == []


async def test_a_question_during_an_answer_is_answered_after_it(
    live_address: str, published_bot: Chatbot
) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        await client.say({"type": "send", "client_id": "c2", "text": "How long can I return a bicycle?"})
        last = await client.until("done")
        while "30 days" not in last["message"]["text"]:
            last = await client.until("done")
    assert all(turn.state == TurnState.DONE for turn in await stored(Turn))


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://shop.example.com", ""])
async def test_refuses_the_pages_of_others(live_address: str, published_bot: Chatbot, origin: str) -> None:
    async with WidgetClient(live_address, published_bot.public_id, origin) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await client.open_socket()
        assert refusal.value.status == 403
        await client.begin_session()
        assert client.status == 403


async def test_refuses_a_socket_without_an_origin(live_address: str, published_bot: Chatbot) -> None:
    async with aiohttp.ClientSession() as http:
        for path in (f"ws/widget/{published_bot.public_id}/", "ws/nowhere/", "ws/widget/bot_unknown/"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await http.ws_connect(f"ws://{live_address}/{path}")
            assert refusal.value.status == 403


async def test_a_token_of_another_bot_is_no_token(
    live_address: str, published_bot: Chatbot, other_customer: Customer
) -> None:
    foreign = await sync_to_async(factories.make_chatbot)(other_customer)
    async with await connected(live_address, published_bot) as client:
        client.token = await _token_for(foreign)
        await client.say({"type": "hello", "token": client.token})
        assert (await client.hear())["code"] == "token_expired"


@sync_to_async
def _token_for(bot: Chatbot) -> str:
    from conversations import visitors

    return visitors.issue_token(bot, ORIGIN, visitors.new_visitor_key())


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "invalid_frame"),
        ("not json", "invalid_frame"),
        ("[]", "invalid_frame"),
        ("[" * 8_000, "invalid_frame"),
        ('{"type":"send","client_id":1,"text":"x"}', "invalid_frame"),
        ('{"type":"send","client_id":"","text":"x"}', "invalid_frame"),
        ('{"type":"send","client_id":"a","text":"\\ud800"}', "invalid_frame"),
        ('{"type":"feedback","message":"msg_x","value":99999999999999999999}', "invalid_frame"),
        ('{"type":"delete_everything"}', "unknown_type"),
        ('{"type":"send","client_id":"a","text":"   "}', "empty"),
        (json.dumps({"type": "send", "client_id": "a", "text": "x" * 4_001}), "too_long"),
        ("x" * 16_385, "too_large"),
        ('{"type":"feedback","message":"msg_unknown","value":1}', "invalid_frame"),
    ],
)
async def test_answers_garbage_with_a_polite_error(
    live_address: str, published_bot: Chatbot, frame: str, code: str
) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.socket.send_str(frame)
        error = await client.hear()
        assert (error["type"], error["code"]) == ("error", code)
        await client.say({"type": "ping"})
        assert (await client.hear())["type"] == "pong"
    assert await stored(Message) == []


async def test_nothing_is_taken_before_hello(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.say({"type": "send", "client_id": "a", "text": "Hello"})
        assert (await client.hear())["code"] == "not_ready"
    assert await stored(Conversation) == []


async def test_a_visitor_who_writes_too_fast_is_told_when_to_go_on(
    live_address: str, published_bot: Chatbot, settings: Any
) -> None:
    settings.WIDGET_MESSAGES_PER_MINUTE = 2
    cache.clear()
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        for number in range(3):
            await client.say({"type": "send", "client_id": f"c{number}", "text": "Hello"})
        refusal = await client.until("error")
    assert (refusal["code"], refusal["client_id"]) == ("rate_limited", "c2")
    assert 0 < refusal["retry_after"] <= 60


async def test_a_paused_bot_says_goodbye(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await sync_to_async(Chatbot.objects.update)(status=ChatbotStatus.PAUSED)
        await client.say({"type": "send", "client_id": "a", "text": "Hello"})
        assert await client.until("bye") == {"type": "bye", "code": "bot_paused"}
    assert await stored(Message) == []


async def test_thumbs_and_the_wish_for_a_person_are_kept(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        done = await client.until("done")
        await client.say({"type": "feedback", "message": done["message"]["id"], "value": 1})
        await client.say({"type": "ask_person"})
        assert (await client.until("answering"))["by"] == "waiting"
    (answer,) = await stored(Message, public_id=done["message"]["id"])
    assert answer.feedback == 1


async def test_an_open_tab_follows_into_the_conversation_after_the_archive(
    live_address: str, published_bot: Chatbot, owner: User
) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        await client.until("done")
        first = await Conversation.objects.select_related("chatbot__customer").aget()
        await sync_to_async(handover.archive)(first, owner)
        await client.say({"type": "send", "client_id": "c2", "text": "How much does delivery cost?"})
        await client.until("done")
        second = await Conversation.objects.select_related("chatbot__customer").exclude(pk=first.pk).aget()
        await sync_to_async(inbox.reply_as_person)(second, owner, "A person here", client_id="r1")
        heard = await client.until("message")
        while heard["message"]["author"] != "agent":
            heard = await client.until("message")
    assert heard["message"]["text"] == "A person here"


async def test_a_spent_limit_is_said_politely(
    live_address: str, published_bot: Chatbot, customer: Customer
) -> None:
    await _spend_all(customer)
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        message = (await client.until("message"))["message"]
    assert message["refused"] is True
    (stored_message,) = await stored(Message, public_id=message["id"])
    assert stored_message.refusal_cause == RefusalCause.QUOTA
    assert await stored(Turn) == []


@sync_to_async
def _spend_all(customer: Customer) -> None:
    from billing import entitlements
    from billing.models import EntitlementOverride

    EntitlementOverride.objects.create(customer=customer, limit="messages", value=0)
    entitlements.forget(customer)


async def test_an_answer_goes_on_when_the_tab_closes(live_address: str, published_bot: Chatbot) -> None:
    async with await connected(live_address, published_bot) as client:
        await client.hello()
        await client.say({"type": "send", "client_id": "c1", "text": "How much does delivery cost?"})
        await client.until("ack")
        await client.socket.close()
        key = client.visitor_key
    async with WidgetClient(live_address, published_bot.public_id, ORIGIN) as returning:
        await returning.begin_session(visitor_key=key)
        await returning.open_socket()
        welcome = await returning.hello()
        newest = welcome["messages"][-1]
        if newest["state"] != MessageState.COMPLETE.lower() or newest["role"] != "ASSISTANT":
            await returning.until("done" if welcome["running"] else "message")
    (answer,) = await stored(Message, role="ASSISTANT")
    assert "4 euros" in answer.content

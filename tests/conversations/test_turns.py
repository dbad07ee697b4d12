"""Turns: one at a time, never twice, never by a process that woke up too late; and the statements they cost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Customer, User
from chatbots.models import Chatbot
from conversations import answering, handover, inbox, sweeping, turns, visiting, visitors
from conversations.exceptions import TurnLostError, TurnRunningError
from conversations.inbox import InboundMessage
from conversations.models import Conversation, Message, MessageState, Turn, TurnState
from conversations.turns import Answer, OpenTurn
from integrations.models import WebhookEvent
from integrations.providers.base import ProviderSettings
from tests import factories
from tests.conversations.asking import QUESTION, answered, ask, counted
from tests.conversations.conftest import ORIGIN
from tests.fixtures.fake_openai import Fake
from usage.models import Reservation, UsageLog, UsageType

pytestmark = pytest.mark.django_db(transaction=True)


def opened(conversation: Conversation) -> OpenTurn:
    question = turns.due_question(conversation.pk)
    assert question is not None
    turn = turns.open_turn(question)
    assert isinstance(turn, OpenTurn)
    return turn


def test_one_turn_runs_in_a_conversation(published_bot: Chatbot) -> None:
    contact = factories.make_contact(published_bot.customer)
    conversation = ask(published_bot, contact=contact)
    opened(conversation)
    ask(published_bot, contact=contact, client_id="c2")
    question = turns.due_question(conversation.pk)
    assert question is not None
    with pytest.raises(TurnRunningError):
        turns.open_turn(question)
    assert Turn.objects.count() == 1
    assert Reservation.objects.count() == 1


def test_a_question_is_not_answered_twice_nor_over_a_person(published_bot: Chatbot, owner: User) -> None:
    answered_one = ask(published_bot)
    question = turns.due_question(answered_one.pk)
    assert question is not None
    answering.answer(answered_one.pk)
    assert answering.open_for(question) is None
    taken = ask(published_bot, contact=factories.make_contact(published_bot.customer))
    waiting = turns.due_question(taken.pk)
    assert waiting is not None
    handover.take_over(Conversation.objects.get(pk=taken.pk), owner)
    assert answering.open_for(waiting) is None
    assert Turn.objects.count() == 1


def test_a_newer_question_keeps_its_mark_when_an_older_one_comes_late(published_bot: Chatbot) -> None:
    contact = factories.make_contact(published_bot.customer)
    conversation = ask(published_bot, contact=contact)
    older = turns.due_question(conversation.pk)
    ask(published_bot, "And how long may I return it?", contact, client_id="c2")
    assert older is not None
    assert answering.open_for(older) is None
    newer = turns.due_question(conversation.pk)
    assert newer is not None
    assert newer.content == "And how long may I return it?"
    assert answering.open_for(newer) is not None


def test_a_person_whose_lease_ended_can_be_asked_again(published_bot: Chatbot, owner: User) -> None:
    conversation = ask(published_bot)
    inbox.reply_as_person(conversation, owner, "Hello", client_id="r1")
    Conversation.objects.update(answering_until=timezone.now() - timedelta(seconds=1))
    conversation.refresh_from_db()
    assert handover.ask_person(conversation)


@pytest.mark.parametrize(
    ("is_own", "listed", "asked"),
    [(True, [], "gpt-huge"), (False, [], "small"), (False, ["gpt-huge"], "gpt-huge")],
)
def test_a_customer_names_models_on_their_own_key_only(
    settings: Any, is_own: bool, listed: list[str], asked: str
) -> None:
    settings.PLATFORM_CHAT_MODELS = listed
    chosen = ProviderSettings(kind="openai", chat_model="small", is_own=is_own)
    assert chosen.model_for("gpt-huge") == asked
    assert chosen.model_for("") == "small"


def test_a_process_that_wakes_up_too_late_writes_nothing(published_bot: Chatbot, customer: Customer) -> None:
    turn = opened(ask(published_bot))
    Turn.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    with pytest.raises(TurnLostError):
        turns.keep_turn(turn, "late words")
    with pytest.raises(TurnLostError):
        turns.close_turn(turn, Answer(text="late words"))
    message = Message.objects.get(pk=turn.message.pk)
    assert (message.state, message.content) == (MessageState.FAILED, "")
    assert counted(customer) == {}
    assert not UsageLog.objects.exists()


def test_the_sweep_fails_a_lost_turn_once(published_bot: Chatbot) -> None:
    opened(ask(published_bot))
    Turn.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    revision = Conversation.objects.get().last_revision
    sweeping.sweep()
    assert Turn.objects.get().state == TurnState.FAILED
    assert Turn.objects.get().active_key is None
    assert Conversation.objects.get().last_revision == revision


def test_the_sweep_finds_a_question_whose_wake_up_was_lost(published_bot: Chatbot) -> None:
    conversation = ask(published_bot)
    assert turns.due_conversations(older_than_seconds=5) == []
    Conversation.objects.update(answer_due_at=timezone.now() - timedelta(seconds=6))
    assert turns.due_conversations(older_than_seconds=5) == [conversation.pk]


def test_the_playground_answers_with_the_draft_and_counts_nothing(
    published_bot: Chatbot, customer: Customer, model_server: Fake
) -> None:
    Chatbot.objects.filter(pk=published_bot.pk).update(instructions="DRAFT-WORDS")
    published_bot.refresh_from_db()
    contact = factories.make_contact(customer)
    inbound = InboundMessage(
        chatbot=published_bot, contact=contact, text=QUESTION, channel_account="draft", is_preview=True
    )
    conversation = inbox.receive_message(inbound).conversation
    answering.answer(conversation.pk)
    assert "DRAFT-WORDS" in str(model_server.requests[-1])
    assert answered(conversation).version_id is None
    assert not UsageLog.objects.exists()
    assert not WebhookEvent.objects.exists()


def test_statements_up_to_the_first_token_and_per_answer(published_bot: Chatbot) -> None:
    """≤ 12 statements before the first token and ≤ 24 an answer, transaction control left out; warm caches."""
    visitor = visitors.Visitor(bot=published_bot.public_id, origin=ORIGIN, identity="i" * 64)
    visit = visiting.Visit(chatbot=published_bot, visitor=visitor)
    _answer_once(visit, "c0")
    with CaptureQueriesContext(connection) as before_token:
        received = visiting.store(visit, "c1", QUESTION)
        turn = answering.open_for(received.message)
        assert turn is not None
        found, _watched = answering._search(turn)
    with CaptureQueriesContext(connection) as after_token:
        turns.close_turn(turn, Answer(text="Delivery costs 4 euros [1]."))
        assert answering.next_turn(turn.conversation.pk) is None
    assert found.passages
    first, rest = statements(before_token), statements(after_token)
    assert len(first) <= 12, "\n".join(first)
    assert len(first) + len(rest) <= 24, "\n".join([*first, "---", *rest])


def _answer_once(visit: visiting.Visit, client_id: str) -> None:
    turn = answering.open_for(visiting.store(visit, client_id, QUESTION).message)
    assert turn is not None
    answering._search(turn)
    turns.close_turn(turn, Answer(text="Delivery costs 4 euros [1]."))


def test_parallel_answers_of_one_customer_never_wait_in_a_circle(
    published_bot: Chatbot, customer: Customer
) -> None:
    """Two visitors, each asking from several threads: no deadlock, one turn at a time, every answer counted once."""
    visits = [
        visiting.Visit(
            chatbot=published_bot,
            visitor=visitors.Visitor(bot=published_bot.public_id, origin=ORIGIN, identity=str(number) * 64),
        )
        for number in range(2)
    ]

    def ask_and_answer(number: int) -> None:
        try:
            visit = replace(visits[number % 2])
            turn = answering.open_for(visiting.store(visit, f"c{number}", QUESTION).message)
            if turn is not None:
                turns.keep_turn(turn, "Delivery")
                turns.close_turn(turn, Answer(text="Delivery costs 4 euros."))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask_and_answer, range(40)))
    done = Turn.objects.filter(state=TurnState.DONE).count()
    assert Turn.objects.filter(active_key__isnull=False).count() == 0
    assert counted(customer) == {UsageType.MESSAGE: done}
    assert UsageLog.objects.count() == done
    assert Message.objects.filter(role="USER").count() == 40


def statements(captured: CaptureQueriesContext) -> list[str]:
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(control)]

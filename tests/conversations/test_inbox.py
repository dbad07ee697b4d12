"""Messages are stored once, numbered in commit order, and say who answers next."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Customer, User
from chatbots.models import Chatbot
from conversations import handover, inbox
from conversations.exceptions import ConversationArchivedError, EmptyMessageError, MessageTooLongError
from conversations.inbox import InboundMessage, Received
from conversations.models import Answering, Contact, Conversation, ConversationStatus, DeliveryStatus, Message
from integrations.models import WebhookEvent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(customer: Customer) -> Contact:
    return factories.make_contact(customer)


def receive(chatbot: Chatbot, contact: Contact, text: str = "Hello", client_id: str = "one") -> Received:
    return inbox.receive_message(
        InboundMessage(chatbot=chatbot, contact=contact, text=text, client_id=client_id)
    )


def test_stores_the_message_and_its_event_in_one_go(chatbot: Chatbot, contact: Contact) -> None:
    received = receive(chatbot, contact)
    assert (received.created, received.message.sequence, received.is_for_the_bot) == (True, 1, True)
    assert received.conversation.status == ConversationStatus.ACTIVE
    types = list(WebhookEvent.objects.for_customer(chatbot.customer).values_list("type", flat=True))
    assert sorted(types) == ["conversation.created", "message.created"]


def test_the_same_client_id_twice_is_one_message(chatbot: Chatbot, contact: Contact) -> None:
    first, second = receive(chatbot, contact), receive(chatbot, contact)
    assert (second.created, second.message.pk) == (False, first.message.pk)
    assert not second.is_for_the_bot
    assert Message.objects.count() == 1
    assert Conversation.objects.get().last_sequence == 1


def test_numbers_go_on_when_the_callers_copy_is_stale(chatbot: Chatbot, contact: Contact) -> None:
    stale = receive(chatbot, contact, client_id="one").conversation
    receive(chatbot, contact, client_id="two")
    inbound = InboundMessage(chatbot=chatbot, contact=contact, text="Third", client_id="three")
    third = inbox.receive_message(inbound, conversation=stale)
    assert third.message.sequence == 3
    assert list(Message.objects.values_list("sequence", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "error"),
    [("", EmptyMessageError), (" \x00 ", EmptyMessageError), ("x" * 4001, MessageTooLongError)],
)
def test_refuses_what_cannot_be_a_message(
    chatbot: Chatbot, contact: Contact, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        receive(chatbot, contact, text)
    assert not Message.objects.exists()


def test_drops_characters_that_no_database_keeps(chatbot: Chatbot, contact: Contact) -> None:
    assert receive(chatbot, contact, "a\x00b\ud800c 🚲").message.content == "abc 🚲"


def test_a_message_reopens_a_closed_conversation(chatbot: Chatbot, contact: Contact, owner: User) -> None:
    first = receive(chatbot, contact).conversation
    assert handover.close(first, owner)
    again = receive(chatbot, contact, client_id="two").conversation
    assert again.pk == first.pk
    assert again.status == ConversationStatus.ACTIVE


def test_a_message_after_the_archive_begins_anew(chatbot: Chatbot, contact: Contact, owner: User) -> None:
    first = receive(chatbot, contact).conversation
    assert handover.archive(first, owner)
    second = receive(chatbot, contact, client_id="two").conversation
    assert second.pk != first.pk
    assert not handover.reopen(first, owner)


def test_a_person_silences_the_bot_until_the_lease_ends(
    chatbot: Chatbot, contact: Contact, owner: User
) -> None:
    conversation = receive(chatbot, contact).conversation
    reply = inbox.reply_as_person(conversation, owner, "I am here", client_id="r1")
    assert inbox.reply_as_person(conversation, owner, "I am here", client_id="r1").pk == reply.pk
    assert reply.delivery_status == DeliveryStatus.SENT
    second = receive(chatbot, contact, client_id="two")
    assert not second.is_for_the_bot
    assert second.conversation.answer_due_at is None
    later = timezone.now() + timedelta(hours=1)
    assert inbox.bot_answers(second.conversation, later)


def test_nothing_is_added_to_an_archived_conversation(
    chatbot: Chatbot, contact: Contact, owner: User
) -> None:
    conversation = receive(chatbot, contact).conversation
    handover.archive(conversation, owner)
    with pytest.raises(ConversationArchivedError):
        inbox.reply_as_person(conversation, owner, "Too late", client_id="r1")
    assert Message.objects.count() == 1


def test_hand_back_begins_a_fresh_segment(chatbot: Chatbot, contact: Contact, owner: User) -> None:
    conversation = receive(chatbot, contact).conversation
    handover.take_over(conversation, owner)
    assert handover.hand_back(conversation, owner)
    assert not handover.hand_back(conversation, owner)
    conversation.refresh_from_db()
    assert conversation.answering == Answering.BOT
    assert conversation.segment_start == 2


def test_asking_for_a_person_twice_queues_once(chatbot: Chatbot, contact: Contact) -> None:
    conversation = receive(chatbot, contact).conversation
    assert handover.ask_person(conversation)
    assert not handover.ask_person(conversation)
    lines = conversation.messages.filter(role="SYSTEM")
    assert [line.content for line in lines] == ["A person was asked to answer."]


def test_a_delivery_status_never_goes_backwards(chatbot: Chatbot, contact: Contact) -> None:
    message = receive(chatbot, contact).message
    now = timezone.now()
    assert message.advance_status(DeliveryStatus.READ, now)
    assert not message.advance_status(DeliveryStatus.DELIVERED, now)
    assert not message.advance_status(DeliveryStatus.FAILED, now, error="late")
    message.refresh_from_db()
    assert (message.delivery_status, message.delivery_error) == (DeliveryStatus.READ, "")


@pytest.mark.django_db(transaction=True)
def test_parallel_messages_are_numbered_without_gap_or_double(chatbot: Chatbot, contact: Contact) -> None:
    def send(number: int) -> None:
        try:
            receive(chatbot, contact, client_id=f"c{number % 12}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(24)))
    assert list(Message.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 13))
    assert Conversation.objects.get().last_sequence == 12

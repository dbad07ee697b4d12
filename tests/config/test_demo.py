"""The demo: real knowledge that answers, a past that adds up, and no trace once it is removed."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Customer, User
from billing import entitlements
from chatbots.domains import origin_allowed
from chatbots.models import Chatbot
from config.demo import CONVERSATIONS, DAYS, HELP_BOT_ID, SHOP_BOT_ID, people
from config.demo.rhythm import moments
from conversations import answering, inbox
from conversations.inbox import InboundMessage
from conversations.models import (
    Answering,
    Channel,
    Contact,
    Conversation,
    ConversationStatus,
    DeliveryStatus,
    Message,
    RefusalCause,
)
from integrations.models import APIKey, WebhookEndpoint
from knowledge import retrieval
from knowledge.models import ItemState, KnowledgeChunk, KnowledgeItem
from tests import factories
from usage import metering
from usage.models import UsageCounter, UsageLog

OUR_APPS = (
    "accounts",
    "integrations",
    "usage",
    "billing",
    "chatbots",
    "knowledge",
    "conversations",
    "whatsapp",
)
Sizes = dict[str, int]


def sizes() -> Sizes:
    models = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture(scope="module")
def sizes_before(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Sizes]:
    """Seed for real, because full-text search sees committed rows only; everything goes at the end."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        before = sizes()
        call_command("seed_demo", verbosity=0)
        try:
            yield before
        finally:
            call_command("remove_demo", verbosity=0)


@pytest.fixture
def demo(sizes_before: Sizes, db: None) -> Customer:
    return Customer.objects.get(is_demo=True)


@pytest.fixture
def committed(sizes_before: Sizes, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Rows that other threads see; what a test adds belongs to the demo and goes with it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def helper() -> Chatbot:
    return Chatbot.objects.get(public_id=HELP_BOT_ID)


def shop() -> Chatbot:
    return Chatbot.objects.get(public_id=SHOP_BOT_ID)


def ask(chatbot: Chatbot, question: str) -> Message:
    """A visitor's question through the whole engine."""
    contact = Contact.objects.create(customer=chatbot.customer)
    received = inbox.receive_message(
        InboundMessage(chatbot=chatbot, contact=contact, text=question, locale="en")
    )
    answering.answer(received.conversation.pk)
    newest = received.conversation.messages.order_by("-sequence").first()
    assert newest is not None
    return newest


@pytest.mark.usefixtures("committed")
def test_answers_how_to_put_the_widget_on_a_site_from_the_right_page() -> None:
    answer = ask(helper(), "How do I put the widget on my site?")

    assert "Copy the script tag" in answer.content
    assert answer.refusal_cause == ""
    assert {citation["title"] for citation in answer.citations} == {"Put the widget on your site"}
    assert all(
        citation["url"].endswith("/docs/put-the-widget-on-your-site/") for citation in answer.citations
    )


@pytest.mark.usefixtures("committed")
def test_refuses_what_no_page_answers() -> None:
    answer = ask(helper(), "What is the capital of Mongolia?")

    assert answer.refusal_cause in {RefusalCause.NOTHING_FOUND, RefusalCause.LOW_SUPPORT}
    assert answer.citations == []


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Which files can I upload?", "Add knowledge"),
        ("How do I change the bot's colours?", "Customise the widget"),
        ("Why does the bot refuse?", "How answers work"),
        ("How do I invite a colleague?", "Team and roles"),
        ("What counts as an answer?", "Plans and limits"),
        ("Do I need an OpenAI key?", "AI providers"),
        ("How do I go back to an older version?", "Publish and versions"),
        ("The widget does not appear", "Troubleshooting"),
    ],
)
@pytest.mark.usefixtures("demo")
def test_finds_the_page_that_answers(question: str, title: str) -> None:
    found = retrieval.search(helper().pk, question, language="en")

    assert found.is_supported
    assert found.passages[0].title == title


@pytest.mark.parametrize(
    ("question", "language", "title"),
    [
        ("How long does delivery take?", "en", "Shipping and delivery"),
        ("Wie lange dauert die Lieferung?", "de", "Versand und Lieferung"),
        ("¿Puedo devolver la bicicleta?", "es", "Devoluciones y reembolsos"),
    ],
)
@pytest.mark.usefixtures("demo")
def test_shop_is_asked_in_its_languages(question: str, language: str, title: str) -> None:
    assert retrieval.search(shop().pk, question, language=language).passages[0].title == title


def test_second_run_changes_nothing(demo: Customer) -> None:
    before = sizes()
    items = dict(KnowledgeItem.objects.values_list("public_id", "updated_at"))

    call_command("seed_demo", verbosity=0)

    assert sizes() == before
    assert dict(KnowledgeItem.objects.values_list("public_id", "updated_at")) == items


def test_looks_lived_in(demo: Customer) -> None:
    talks = Conversation.objects.for_customer(demo)
    messages = Message.objects.for_customer(demo)

    assert talks.count() >= CONVERSATIONS
    assert len(set(talks.values_list("locale", flat=True))) >= 5
    assert set(talks.values_list("channel", flat=True)) == set(Channel.values)
    assert set(talks.values_list("status", flat=True)) == set(ConversationStatus.values)
    assert set(talks.values_list("answering", flat=True)) == set(Answering.values)
    assert {-1, 1} <= set(talks.values_list("rating", flat=True))
    assert {-1, 0, 1} <= set(messages.values_list("feedback", flat=True))
    assert set(DeliveryStatus.values) - {"PENDING"} <= set(messages.values_list("delivery_status", flat=True))
    assert {"", "NOTHING_FOUND", "LOW_SUPPORT"} <= set(messages.values_list("refusal_cause", flat=True))
    assert set(talks.filter(assignee__isnull=False).values_list("assignee__email", flat=True)) == {
        people.OWNER_EMAIL,
        people.AGENT_EMAIL,
    }


def test_sixty_days_end_today_and_rest_at_weekends(demo: Customer) -> None:
    began = list(Conversation.objects.for_customer(demo).values_list("created_at", flat=True))

    assert max(began) <= timezone.now()
    assert timezone.now() - max(began) < timedelta(hours=1)
    assert timedelta(days=DAYS - 2) < timezone.now() - min(began) <= timedelta(days=DAYS + 1)
    by_weekday = Counter(moment.weekday() for moment in began)
    assert max(by_weekday[5], by_weekday[6]) < min(by_weekday[day] for day in range(5))


def test_every_citation_quotes_a_passage_word_for_word(demo: Customer) -> None:
    content = dict(KnowledgeItem.objects.for_customer(demo).values_list("public_id", "content"))
    chunks = set(KnowledgeChunk.objects.for_customer(demo).values_list("public_id", flat=True))
    cited = [
        citation
        for message in Message.objects.for_customer(demo).only("citations")
        for citation in message.citations
    ]

    assert len(cited) > 200
    for citation in cited:
        assert citation["chunk"] in chunks
        assert content[citation["item"]][citation["start"] : citation["end"]] == citation["quote"]


def test_counters_are_the_sum_of_the_ledger(demo: Customer) -> None:
    periods = set(UsageCounter.objects.for_customer(demo).values_list("period_start", flat=True))

    assert entitlements.for_customer(demo).period_start in periods
    for period in periods:
        assert metering.used(demo.pk, period) == metering.logged(demo.pk, period)


def test_only_delivered_answers_are_counted(demo: Customer) -> None:
    counted = UsageLog.objects.for_customer(demo).filter(type="MESSAGE")

    assert counted.exists()
    assert not counted.exclude(message__refusal_cause="", message__state="COMPLETE").exists()
    assert not counted.exclude(message__author_kind="BOT").exists()


def test_nothing_in_it_can_reach_the_outside(demo: Customer) -> None:
    assert not WebhookEndpoint.objects.for_customer(demo).filter(is_enabled=True).exists()
    accounts = apps.get_model("whatsapp.WhatsAppCloudAccount").objects.for_customer(demo)
    assert set(accounts.values_list("state", flat=True)) == {"DISCONNECTED"}
    assert APIKey.objects.for_customer(demo).filter(revoked_at=None).count() == 1


def test_items_answer_but_for_one_that_shows_a_failure(demo: Customer) -> None:
    items = KnowledgeItem.objects.for_customer(demo)

    assert list(items.exclude(state=ItemState.READY).values_list("state", flat=True)) == [ItemState.FAILED]
    limit = entitlements.for_customer(demo).limit("knowledge_items")
    assert limit is None or items.count() <= limit


@pytest.mark.usefixtures("demo")
def test_widget_may_stand_on_the_demo_host_page(settings: pytest.FixtureRequest) -> None:
    port = settings.DEMO_PORT  # type: ignore[attr-defined]
    for chatbot in (helper(), shop()):
        assert origin_allowed(chatbot, f"http://127.0.0.1:{port}")
        assert origin_allowed(chatbot, f"http://localhost:{port}")
        assert not origin_allowed(chatbot, "https://elsewhere.example")


@pytest.mark.usefixtures("demo")
def test_logins_open_with_the_demo_password(settings: pytest.FixtureRequest) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    password = settings.DEMO_PASSWORD  # type: ignore[attr-defined]

    for email in (people.OWNER_EMAIL, people.AGENT_EMAIL, people.OPERATOR_EMAIL):
        assert User.objects.get(email=email).check_password(password)
    assert not User.objects.get(email=people.VIEWER_EMAIL).has_usable_password()
    assert Client().login(email=people.OWNER_EMAIL, password=password)


def test_removal_takes_everything_of_the_demo_and_nothing_else(sizes_before: Sizes, demo: Customer) -> None:
    with_demo = sizes()
    bystander = factories.make_customer(factories.make_user())
    factories.make_conversation(factories.make_chatbot(bystander))
    added = {label: size - with_demo[label] for label, size in sizes().items()}

    call_command("remove_demo", verbosity=0)

    assert sizes() == {label: size + added[label] for label, size in sizes_before.items()}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM knowledge_item_search")
            assert cursor.fetchone() == (0,)


def test_removal_keeps_a_login_that_joined_another_workspace(demo: Customer) -> None:
    agent = User.objects.get(email=people.AGENT_EMAIL)
    factories.make_member(factories.make_customer(), user=agent)

    call_command("remove_demo", verbosity=0)

    assert list(User.objects.filter(email__in=people.EMAILS)) == [agent]


def test_removing_what_is_not_there_says_so(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    Customer.objects.filter(is_demo=True).update(is_demo=False)

    call_command("remove_demo")

    assert "no demo" in capsys.readouterr().out


@pytest.mark.usefixtures("committed")
def test_corpus_becomes_a_bot_that_answers(tmp_path: Path) -> None:
    folder = tmp_path / "harbour"
    folder.mkdir()
    rows = [
        {
            "id": "a",
            "title": "Ferry",
            "text": "The ferry to the island leaves at nine. A ticket costs four euros.",
        },
        {"id": "b", "title": "Museum", "text": "The museum is closed on Mondays.", "language": "en"},
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")

    call_command("seed_demo", corpus=[folder], verbosity=0)
    call_command("seed_demo", corpus=[folder], verbosity=0)

    chatbot = Chatbot.objects.get(name="harbour")
    assert KnowledgeItem.objects.filter(knowledge_base__chatbots=chatbot).count() == 2
    assert "four euros" in ask(chatbot, "What does a ticket for the ferry cost?").content


@pytest.mark.usefixtures("demo")
def test_wrong_corpus_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        '{"id": "a", "title": "A", "text": "a"}\n{"id": "b"}\n', encoding="utf-8"
    )

    with pytest.raises(CommandError, match=r"corpus\.jsonl:2 is not an object"):
        call_command("seed_demo", corpus=[tmp_path], verbosity=0)


@pytest.mark.django_db
def test_needs_a_password_of_its_own_outside_the_embedded_mode(settings: pytest.FixtureRequest) -> None:
    settings.DEMO_PASSWORD = ""  # type: ignore[attr-defined]
    before = User.objects.count()

    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("seed_demo", verbosity=0)

    assert User.objects.count() == before


def test_rhythm_is_the_same_for_the_same_seed() -> None:
    now = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)

    first, second = (moments(now, 400, DAYS, Random(7)) for _ in range(2))

    assert first == second
    assert len(first) == 400
    assert first == sorted(first)
    assert first[-1] < now

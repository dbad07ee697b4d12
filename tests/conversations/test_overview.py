"""The overview's figures, what they open, and the first steps of a new customer."""

from collections import Counter
from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Customer
from billing import entitlements
from chatbots.models import Chatbot, ChatbotVersion
from conversations import overview, overview_kpis
from conversations.models import Answering
from conversations.overview import Day, Period, median_ms
from knowledge.models import ItemKind, ItemState, KnowledgeBase, KnowledgeItem
from tests import factories
from tests.conversations.talks import days_ago, make_talk, statements

HTMX = {"HX-Request": "true"}


def period(days: int = 28) -> Period:
    return Period(days=days, today=timezone.now().astimezone(UTC).date())


def key_figures(customer: Customer, chatbot: Chatbot | None = None) -> dict[str, overview_kpis.KeyFigure]:
    figures = overview.figures(customer, chatbot, period())
    return {figure.key: figure for figure in overview_kpis.key_figures(figures)}


def make_item(customer: Customer) -> KnowledgeItem:
    base = KnowledgeBase.objects.create(customer=customer, name="Pages")
    return KnowledgeItem.objects.create(
        knowledge_base=base, title="Shipping", content="x", kind=ItemKind.TEXT, state=ItemState.READY
    )


def test_figures_of_both_periods(chatbot: Chatbot) -> None:
    refused = {"refusal_cause": "LOW_SUPPORT", "feedback": -1}
    good = {"first_token_ms": 1300, "feedback": 1}
    make_talk(chatbot, "a", "b", answer_fields=good)
    make_talk(chatbot, "a", "b", answer_fields=good, created_at=days_ago(27))
    make_talk(chatbot, "a", "b", answer_fields=refused, handover_at=timezone.now())
    make_talk(chatbot, "a", "b", answer_fields={"first_token_ms": 500}, created_at=days_ago(28))
    make_talk(chatbot, "too old", "b", created_at=days_ago(57))
    figures = key_figures(chatbot.customer)
    assert [figure.value for figure in figures.values()] == ["3", "66.7 %", "1.3 s", "1", "66.7 %"]
    assert figures["conversations"].change == "+200.0 %"
    assert figures["conversations"].before == "1"
    assert figures["first_answer"].change == "+0.8 s"
    assert figures["first_answer"].bad
    assert figures["answered"].change == "−33.3 pts"


def test_previews_and_other_tenants_count_nowhere(chatbot: Chatbot, other_customer: Customer) -> None:
    make_talk(chatbot, "preview", "b", is_preview=True, answer_fields={"refusal_cause": "LOW_SUPPORT"})
    make_talk(factories.make_chatbot(other_customer), "foreign", "b")
    figures = key_figures(chatbot.customer)
    assert [figure.value for figure in figures.values()] == ["0", "–", "–", "0", "–"]
    assert overview.gaps(chatbot.customer, None, period()) == []
    assert overview.recent(chatbot.customer) == []


def test_figures_of_one_bot(chatbot: Chatbot) -> None:
    make_talk(chatbot, "mine", "b")
    make_talk(factories.make_chatbot(chatbot.customer), "other", "b")
    assert key_figures(chatbot.customer, chatbot)["conversations"].value == "1"
    assert key_figures(chatbot.customer)["conversations"].value == "2"


def test_number_opens_as_many_conversations(member_client: Client, chatbot: Chatbot) -> None:
    for days in (0, 5, 27, 28, 40):
        make_talk(
            chatbot, "a", "b", created_at=days_ago(days), handover_at=timezone.now() if days == 5 else None
        )
    for metric, expected in (("conversations", 3), ("handed", 1), ("answered", 3)):
        page = member_client.get("/app/", {"metric": metric})
        listed = member_client.get(page.context["behind_url"]).content.decode()
        assert listed.count("data-row=") == expected


def test_median_comes_from_buckets() -> None:
    days = [Day(first_words=None), Day(first_words=Counter({10: 1, 50: 1})), Day()]
    assert median_ms(days) == 10.5 * overview.BUCKET_MS
    assert median_ms([]) is None


def test_unanswered_questions_are_grouped(chatbot: Chatbot) -> None:
    refusal = {"refusal_cause": "NOTHING_FOUND"}
    for question in ("Do you ship to Oslo?", "do you ship to OSLO", "Other?"):
        make_talk(chatbot, question, "I do not know.", answer_fields=refusal, locale="en")
    make_talk(chatbot, "Limit reached", "Later.", answer_fields={"refusal_cause": "QUOTA"})
    gaps = overview.gaps(chatbot.customer, None, period())
    assert [(gap.question.casefold().rstrip("?"), gap.times) for gap in gaps] == [
        ("do you ship to oslo", 2),
        ("other", 1),
    ]


def test_queue_line_names_the_longest_wait(member_client: Client, chatbot: Chatbot) -> None:
    since = timezone.now() - timedelta(minutes=12)
    make_talk(chatbot, "Help", answering=Answering.WAITING, handover_at=since)
    page = member_client.get("/app/").content.decode()
    assert "1 conversation waits for a person." in page
    assert "12\xa0minutes" in page


def test_published_versions_are_flags(member_client: Client, chatbot: Chatbot) -> None:
    make_talk(chatbot, "a", "b")
    ChatbotVersion.objects.create(chatbot=chatbot, number=7, name=chatbot.name)
    assert "Version 7 live" in member_client.get("/app/").content.decode()


@pytest.mark.parametrize("query", ["?days=7&metric=helpful", "?days=90", "?days=x&bot=none&metric=none"])
def test_filters_never_fail(member_client: Client, chatbot: Chatbot, query: str) -> None:
    make_talk(chatbot, "a", "b")
    assert member_client.get("/app/" + query).status_code == 200


def test_overview_needs_few_and_fixed_statements(
    member_client: Client, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entitlements, "CACHE_SECONDS", 600)
    for number in range(9):
        make_talk(
            chatbot, f"q{number}", "a", created_at=days_ago(number), answer_fields={"first_token_ms": 900}
        )
    member_client.get("/app/")
    with statements(17):
        member_client.get("/app/")


def states(client: Client) -> list[str]:
    return [step.state for step in client.get("/app/first-steps", headers=HTMX).context["steps"]]


def test_first_steps_follow_what_is_done(member_client: Client, customer: Customer) -> None:
    assert "Make a bot" in member_client.get("/app/").content.decode()
    assert states(member_client) == ["current", "todo", "todo", "todo", "todo"]
    bot = factories.make_chatbot(customer)
    assert states(member_client) == ["done", "current", "todo", "todo", "todo"]
    make_item(customer)
    assert states(member_client) == ["done", "done", "current", "todo", "todo"]
    make_talk(bot, "Try", "Answer", is_preview=True)
    assert states(member_client) == ["done", "done", "done", "current", "waiting"]
    Chatbot.objects.filter(pk=bot.pk).update(
        first_seen_at=timezone.now(), last_seen_origin="https://shop.example"
    )
    assert states(member_client) == ["done"] * 5


def test_first_steps_ask_again_only_while_waiting(member_client: Client, customer: Customer) -> None:
    bot = factories.make_chatbot(customer)
    make_item(customer)
    assert 'hx-trigger="every 4s"' not in member_client.get("/app/").content.decode()
    make_talk(bot, "Try", "Answer", is_preview=True)
    assert 'hx-trigger="every 4s"' in member_client.get("/app/").content.decode()
    Chatbot.objects.filter(pk=bot.pk).update(
        first_seen_at=timezone.now(), last_seen_origin="https://shop.example"
    )
    page = member_client.get("/app/first-steps", headers=HTMX).content.decode()
    assert "hx-trigger" not in page
    assert "shop.example" in page


def test_stranger_sees_nothing_of_it(stranger_client: Client, chatbot: Chatbot) -> None:
    make_talk(chatbot, "Secret words", "b", answer_fields={"refusal_cause": "LOW_SUPPORT"})
    assert "Secret words" not in stranger_client.get("/app/").content.decode()
    assert "Secret words" not in stranger_client.get("/app/now").content.decode()

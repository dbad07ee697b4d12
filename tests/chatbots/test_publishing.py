"""Drafts, versions, and what visitors get."""

from dataclasses import asdict
from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Customer, User
from billing import entitlements
from billing.exceptions import QuotaExceeded
from chatbots import publishing
from chatbots.models import Chatbot, ChatbotVersion, Tone


@pytest.fixture
def bot(customer: Customer, owner: User) -> Chatbot:
    return publishing.create_chatbot(customer, "Spoke", actor=owner, instructions="First words.")


def test_a_new_bot_is_live_at_once(bot: Chatbot, owner: User) -> None:
    assert bot.live_version
    assert (bot.live_version.number, bot.live_version.published_by) == (1, owner)
    assert bot.widget_settings.color == "#0f6b5c"
    assert publishing.live_persona(bot).instructions == "First words."


def test_visitors_never_see_a_draft(bot: Chatbot, owner: User) -> None:
    publishing.edit(bot, {"instructions": "Draft.", "name": "Spoke two"}, owner)
    assert publishing.draft_persona(bot).instructions == "Draft."
    assert publishing.draft_persona(bot).version_id is None
    live = publishing.live_persona(bot)
    assert (live.name, live.instructions, live.version_id) == ("Spoke", "First words.", bot.live_version_id)
    assert [change.field for change in publishing.changes(bot)] == ["name", "instructions"]


def test_publishes_the_draft_as_a_new_version(bot: Chatbot, owner: User) -> None:
    publishing.edit(bot, {"tone": Tone.FORMAL, "temperature": Decimal("0.70")}, owner)
    version = publishing.publish(bot, owner, "More formal")
    assert (version.number, version.tone, version.note) == (2, "FORMAL", "More formal")
    assert publishing.live_persona(bot).temperature == Decimal("0.70")
    assert publishing.changes(bot) == []
    with pytest.raises(publishing.NothingToPublishError):
        publishing.publish(bot, owner)
    assert ChatbotVersion.objects.filter(chatbot=bot).count() == 2


def test_an_older_version_goes_live_again_and_the_draft_stays(bot: Chatbot, owner: User) -> None:
    first = bot.live_version
    assert first
    publishing.edit(bot, {"instructions": "Second."}, owner)
    publishing.publish(bot, owner)
    again = publishing.publish_again(first, owner)
    assert again.live_version == first
    assert again.instructions == "Second."
    assert publishing.live_persona(again).instructions == "First words."
    assert AuditEntry.objects.get(action="chatbot.published_again").before == {"version": 2}


def test_discards_a_draft(bot: Chatbot, owner: User) -> None:
    publishing.edit(bot, {"instructions": "Wrong."}, owner)
    publishing.discard_draft(bot, owner)
    assert bot.instructions == "First words."
    assert publishing.changes(bot) == []


def test_an_unpublished_bot_answers_with_defaults(chatbot: Chatbot) -> None:
    Chatbot.objects.filter(pk=chatbot.pk).update(instructions="Only a draft.")
    chatbot.refresh_from_db()
    persona = publishing.live_persona(chatbot)
    assert (persona.instructions, persona.version_id, persona.answer_mode) == ("", None, "GROUNDED")


def test_the_refusal_is_never_empty(bot: Chatbot, owner: User) -> None:
    assert "found nothing" in publishing.live_persona(bot).refusal_text
    publishing.edit(bot, {"refusal_text": "Ask us by phone."}, owner)
    assert publishing.draft_persona(bot).refusal_text == "Ask us by phone."


def test_a_persona_holds_every_answering_field() -> None:
    assert set(publishing.Persona.__dataclass_fields__) == {*publishing.VERSIONED_FIELDS, "version_id"}


def test_a_persona_cannot_be_changed(bot: Chatbot) -> None:
    with pytest.raises(AttributeError):
        publishing.live_persona(bot).name = "Other"  # type: ignore[misc]
    assert asdict(publishing.live_persona(bot))["name"] == "Spoke"


def test_pauses_and_resumes_once(bot: Chatbot, owner: User) -> None:
    assert publishing.pause(bot, owner)
    assert not publishing.pause(bot, owner)
    assert not bot.is_active
    assert publishing.resume(bot, owner)
    assert [
        entry.action for entry in AuditEntry.objects.filter(action__in=("chatbot.paused", "chatbot.resumed"))
    ] == [
        "chatbot.resumed",
        "chatbot.paused",
    ]


def test_deleting_takes_versions_along_and_leaves_the_audit(bot: Chatbot, owner: User) -> None:
    public_id = bot.public_id
    publishing.delete_chatbot(bot, owner)
    assert not Chatbot.objects.exists()
    assert not ChatbotVersion.objects.exists()
    assert AuditEntry.objects.get(action="chatbot.deleted").object_id == public_id


def test_the_plan_limits_the_number_of_bots(customer: Customer, owner: User) -> None:
    limit = entitlements.for_customer(customer).limit("chatbots")
    assert limit
    for number in range(limit):
        publishing.create_chatbot(customer, f"Bot {number}", actor=owner)
    with pytest.raises(QuotaExceeded) as refused:
        publishing.create_chatbot(customer, "One more", actor=owner)
    assert refused.value.unit == "chatbots"
    assert Chatbot.objects.for_customer(customer).count() == limit

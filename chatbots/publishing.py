"""Decides what a bot answers with: the draft that people edit and the version that visitors get.

Called by the studio's pages, the API, seed_demo, and the answer engine (`live_persona`, `draft_persona`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit
from accounts.members import lock_customer
from accounts.models import Customer, User
from billing import quotas
from chatbots.models import AnsweringFields, Chatbot, ChatbotStatus, ChatbotVersion, WidgetSettings

VERSIONED_FIELDS = ("name", *AnsweringFields.ANSWERING_FIELDS)


@dataclass(frozen=True, slots=True)
class Persona:
    """Everything the engine needs to know of how one bot answers; `version_id` is None for a draft."""

    name: str
    instructions: str
    language: str
    tone: str
    model_choice: str
    temperature: Decimal
    answer_mode: str
    refusal_text: str
    handover_rules: dict[str, Any]
    business_hours: dict[str, Any]
    version_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field in which the draft differs from what is live."""

    field: str
    label: str
    before: Any
    after: Any


class NothingToPublishError(Exception):
    """The draft equals the live version."""


def create_chatbot(customer: Customer, name: str, *, actor: User | None = None, **answering: Any) -> Chatbot:
    """A bot with widget settings and a first version, live at once so that the road to a page is short.

    billing's QuotaExceeded when the plan holds no further bot.
    """
    with transaction.atomic():
        lock_customer(customer)
        quotas.check_room(customer, "chatbots", Chatbot.objects.for_customer(customer).count())
        chatbot = Chatbot.objects.create(customer=customer, name=name, **answering)
        WidgetSettings.objects.create(chatbot=chatbot)
        audit.record(
            "chatbot.created",
            customer=customer,
            actor=actor,
            object_id=chatbot.public_id,
            after={"name": name, **answering},
        )
        publish(chatbot, actor)
    return chatbot


def publish(chatbot: Chatbot, actor: User | None, note: str = "") -> ChatbotVersion:
    """Make the draft the live version; NothingToPublishError when it already is."""
    with transaction.atomic():
        draft = _locked(chatbot)
        if draft.live_version and not changes(draft):
            raise NothingToPublishError
        version = ChatbotVersion.objects.create(
            chatbot=draft, number=_next_number(draft), note=note, published_by=actor, **snapshot(draft)
        )
        _go_live(draft, version, actor, "chatbot.published")
    chatbot.refresh_from_db()
    return version


def publish_again(version: ChatbotVersion, actor: User | None) -> Chatbot:
    """Make an older version the live one; the draft stays as it is."""
    with transaction.atomic():
        chatbot = _locked(version.chatbot)
        if chatbot.live_version_id == version.pk:
            raise NothingToPublishError
        _go_live(chatbot, version, actor, "chatbot.published_again")
    return chatbot


def discard_draft(chatbot: Chatbot, actor: User | None) -> None:
    """Put the live version back into the draft."""
    with transaction.atomic():
        draft = _locked(chatbot)
        if not draft.live_version:
            return
        edit(draft, snapshot(draft.live_version), actor, action="chatbot.draft_discarded")
    chatbot.refresh_from_db()


def edit(
    chatbot: Chatbot, values: dict[str, Any], actor: User | None, *, action: str = "chatbot.edited"
) -> bool:
    """Write the values into the draft; True where something changed."""
    with transaction.atomic():
        draft = _locked(chatbot)
        before, after = audit.differences({name: getattr(draft, name) for name in values}, values)
        if not after:
            return False
        for name, value in after.items():
            setattr(draft, name, value)
        draft.save(update_fields=[*after, "updated_at"])
        _record(action, draft, actor, before, after)
    chatbot.refresh_from_db()
    return True


def pause(chatbot: Chatbot, actor: User | None) -> bool:
    return _set_status(chatbot, ChatbotStatus.PAUSED, actor, "chatbot.paused")


def resume(chatbot: Chatbot, actor: User | None) -> bool:
    return _set_status(chatbot, ChatbotStatus.ACTIVE, actor, "chatbot.resumed")


def delete_chatbot(chatbot: Chatbot, actor: User | None) -> None:
    """Delete the bot with its versions and conversations; ledgers and logs keep their rows."""
    avatar = chatbot.widget_settings.avatar
    with transaction.atomic():
        _record("chatbot.deleted", chatbot, actor, {"name": chatbot.name}, {})
        chatbot.delete()
        if avatar.name:
            transaction.on_commit(partial(avatar.storage.delete, avatar.name), robust=True)


def changes(chatbot: Chatbot) -> list[Change]:
    """The fields in which the draft differs from the live version; all is new while nothing is live."""
    live = snapshot(chatbot.live_version) if chatbot.live_version else {}
    draft = snapshot(chatbot)
    return [
        Change(name, label_of(name), live.get(name), draft[name])
        for name in VERSIONED_FIELDS
        if not live or draft[name] != live[name]
    ]


def label_of(name: str) -> str:
    return str(getattr(Chatbot._meta.get_field(name), "verbose_name", name))


def snapshot(source: Chatbot | ChatbotVersion) -> dict[str, Any]:
    """The versioned fields of a draft or a version; the temperature as a Decimal wherever it came from."""
    values = {name: getattr(source, name) for name in VERSIONED_FIELDS}
    return {**values, "temperature": Decimal(str(values["temperature"])).quantize(Decimal("0.01"))}


def live_persona(chatbot: Chatbot) -> Persona:
    """What visitors get: the live version, and plain defaults before the first; never the draft."""
    version = chatbot.live_version
    if version is None:
        return _persona(snapshot(Chatbot(customer_id=chatbot.customer_id, name=chatbot.name)), chatbot, None)
    return _persona(snapshot(version), chatbot, version.pk)


def draft_persona(chatbot: Chatbot) -> Persona:
    """What the playground gets."""
    return _persona(snapshot(chatbot), chatbot, None)


def _persona(values: dict[str, Any], chatbot: Chatbot, version_id: int | None) -> Persona:
    refusal = values["refusal_text"].strip() or default_refusal(values["language"] or chatbot.customer.locale)
    return Persona(**{**values, "refusal_text": refusal}, version_id=version_id)


def default_refusal(locale: str) -> str:
    with override(locale):
        return _("I found nothing about that on our pages, so I would rather not guess.")


def _locked(chatbot: Chatbot) -> Chatbot:
    """The row as it is now, held until the transaction ends."""
    Chatbot.objects.select_for_update().filter(pk=chatbot.pk).values_list("pk").first()
    return Chatbot.objects.select_related("customer", "live_version").get(pk=chatbot.pk)


def _next_number(chatbot: Chatbot) -> int:
    newest: int | None = chatbot.versions.aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def _go_live(chatbot: Chatbot, version: ChatbotVersion, actor: User | None, action: str) -> None:
    before = {"version": chatbot.live_version.number if chatbot.live_version else None}
    chatbot.live_version = version
    chatbot.save(update_fields=["live_version", "updated_at"])
    _record(action, chatbot, actor, before, {"version": version.number, "note": version.note})


def _set_status(chatbot: Chatbot, status: ChatbotStatus, actor: User | None, action: str) -> bool:
    with transaction.atomic():
        changed = Chatbot.objects.filter(pk=chatbot.pk).exclude(status=status).update(status=status)
        if changed:
            _record(action, chatbot, actor, {"status": chatbot.status}, {"status": status})
    chatbot.status = status
    return bool(changed)


def _record(
    action: str, chatbot: Chatbot, actor: User | None, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        action,
        customer=chatbot.customer,
        actor=actor,
        object_id=chatbot.public_id,
        before=before,
        after=after,
    )

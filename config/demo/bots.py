"""Decides how the demo's two bots look and speak, and which versions of them were live when.

Called by config.demo.seeding; works through chatbots.publishing and shifts what it wrote into the past.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import AuditEntry
from chatbots import publishing
from chatbots.models import Chatbot, ChatbotVersion, Tone
from config.demo import HELP_BOT_ID, SHOP_BOT_ID
from config.demo.people import Team
from config.demo.scenes import Era

HELP_BEGINNING = "Answer questions about the product from its documentation."
HELP_LIMITS = HELP_BEGINNING + " Name the page to open and the button to press."
SHOP_BEGINNING = "You help riders of Lantern Cycles. Be short and concrete; two to four sentences."
SHOP_LIMITS = (
    SHOP_BEGINNING + " Give weights, prices and times with their unit."
    " Never promise a delivery date; give the range from the shipping page."
)
ACCIDENTS = (
    " If a battery smells, smokes or is dented: tell them to move it outside and to call +31 10 555 0142,"
    " then offer a person."
)


@dataclass(frozen=True, slots=True)
class Release:
    """One published version: how many days ago, why, and what it changed."""

    age_days: int
    note: str
    provider: str = "local"
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BotPlan:
    public_id: str
    name: str
    releases: Sequence[Release]
    widget: Mapping[str, Any]


def shop_plan() -> BotPlan:
    return BotPlan(
        public_id=SHOP_BOT_ID,
        name="Spoke",
        releases=(
            Release(62, "First version", changes={"instructions": SHOP_BEGINNING}),
            Release(46, "Answers through a model", "openai", {"temperature": Decimal("0.30")}),
            Release(24, "Shorter answers with units", "openai", {"instructions": SHOP_LIMITS}),
            Release(
                9,
                "What to do with a damaged battery",
                "openai",
                {"instructions": SHOP_LIMITS + ACCIDENTS, "tone": Tone.FRIENDLY},
            ),
        ),
        widget={
            "color": "#b5471b",
            "greeting": "Hello. I answer from the pages of Lantern Cycles and show where each answer comes from.",
            "teaser": "Flat tyre, parcel, battery? Ask me.",
            "suggested_questions": [
                "How long does delivery take?",
                "Can I take my battery on the plane?",
                "What does it cost to rent a bike for a week?",
            ],
            "locale_texts": _shop_texts(),
        },
    )


def help_plan() -> BotPlan:
    return BotPlan(
        public_id=HELP_BOT_ID,
        name=f"{settings.PRODUCT_NAME} help"[:60],
        releases=(
            Release(62, "First version", changes={"instructions": HELP_BEGINNING}),
            Release(30, "Names page and button", changes={"instructions": HELP_LIMITS}),
        ),
        widget={
            "greeting": "Ask me about the product. I answer from its documentation.",
            "suggested_questions": [
                "How do I put the widget on my site?",
                "Which files can I upload?",
                "What counts as an answer?",
            ],
        },
    )


def ensure_bot(team: Team, plan: BotPlan, now: datetime) -> Chatbot:
    """The bot with its versions and widget, made on first need."""
    found = Chatbot.objects.for_customer(team.customer).filter(public_id=plan.public_id).first()
    return found or _make(team, plan, now)


def eras(chatbot: Chatbot, plan: BotPlan, now: datetime) -> list[Era]:
    versions = list(chatbot.versions.order_by("number"))
    return [
        Era(now - timedelta(days=release.age_days), version, release.provider)
        for release, version in zip(plan.releases, versions, strict=False)
    ]


def demo_domains() -> list[str]:
    """The demo host page on either local name, and the product's own address."""
    own = settings.SITE_URL.partition("://")[2].split("/")[0]
    return list(dict.fromkeys((f"127.0.0.1:{settings.DEMO_PORT}", f"localhost:{settings.DEMO_PORT}", own)))


def _make(team: Team, plan: BotPlan, now: datetime) -> Chatbot:
    first, *later = plan.releases
    chatbot = publishing.create_chatbot(
        team.customer, plan.name, actor=team.owner, public_id=plan.public_id, **first.changes
    )
    chatbot.versions.update(note=first.note)
    for release in later:
        publishing.edit(chatbot, dict(release.changes), team.owner)
        publishing.publish(chatbot, team.owner, release.note)
    _age(chatbot, plan.releases, now)
    _dress(chatbot, plan, now)
    return chatbot


def _age(chatbot: Chatbot, releases: Sequence[Release], now: datetime) -> None:
    """Move versions and their audit rows to the days on which they went live."""
    entries = AuditEntry.objects.filter(object_id=chatbot.public_id)
    for number, release in enumerate(releases, 1):
        moment = now - timedelta(days=release.age_days)
        ChatbotVersion.objects.filter(chatbot=chatbot, number=number).update(created_at=moment)
        for entry in entries.filter(action="chatbot.published"):
            if entry.after.get("version") == number:
                AuditEntry.objects.filter(pk=entry.pk).update(created_at=moment)
    first = now - timedelta(days=releases[0].age_days, minutes=9)
    entries.filter(action="chatbot.created").update(created_at=first)
    edits = entries.filter(action="chatbot.edited").order_by("pk").values_list("pk", flat=True)
    for pk, release in zip(edits, releases[1:], strict=False):
        moment = now - timedelta(days=release.age_days, minutes=25)
        AuditEntry.objects.filter(pk=pk).update(created_at=moment)
    Chatbot.objects.filter(pk=chatbot.pk).update(created_at=first)


def _dress(chatbot: Chatbot, plan: BotPlan, now: datetime) -> None:
    chatbot.allowed_domains = demo_domains()
    chatbot.first_seen_at = now - timedelta(days=plan.releases[0].age_days)
    chatbot.last_seen_at = now - timedelta(minutes=3)
    chatbot.last_seen_origin = f"http://127.0.0.1:{settings.DEMO_PORT}"
    chatbot.save()
    widget = chatbot.widget_settings
    for name, value in plan.widget.items():
        setattr(widget, name, value)
    widget.save()


def _shop_texts() -> dict[str, dict[str, Any]]:
    return {
        "de": {
            "greeting": "Guten Tag. Ich antworte aus unseren Seiten und zeige, woher jede Antwort stammt.",
            "teaser": "Platten, Paket, Akku? Fragen Sie mich.",
            "suggested_questions": [
                "Wie lange dauert die Lieferung?",
                "Darf der Akku ins Flugzeug?",
                "Kann ich eine Probefahrt machen?",
            ],
        },
        "es": {
            "greeting": "Hola. Respondo a partir de nuestras páginas y muestro de dónde sale cada respuesta.",
            "teaser": "¿Un pinchazo, un paquete, la batería? Pregúnteme.",
            "suggested_questions": [
                "¿Cuánto tarda el envío?",
                "¿Puedo devolver la bicicleta?",
                "¿Cómo puedo pagar?",
            ],
        },
    }

"""Decides in which order the demo is made; each step does nothing where its work is done already.

Called by seed_demo.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction

from chatbots import publishing
from chatbots.models import Chatbot
from config.demo import bots, channels, ledger, library, money, office, people
from config.demo.bots import BotPlan
from config.demo.cast import Cast
from config.demo.history import SHOP_PAGES, BotCast, History
from config.demo.library import CorpusError
from config.demo.people import Team
from config.demo.talks import Script, help_script, shop_scripts
from config.documentation import pages
from conversations.models import Conversation
from knowledge import ingestion
from knowledge.models import KnowledgeBase

SEED = 20_26
SHOP_SITE = "https://lanterncycles.example"
Tell = Callable[[str], None]


def seed(now: datetime, tell: Tell) -> Team:
    team = people.ensure_team(now)
    shop = bots.ensure_bot(team, bots.shop_plan(), now)
    helper = bots.ensure_bot(team, bots.help_plan(), now)
    _fill(shop, library.shop_entries(), tell)
    _fill(helper, library.documentation_entries(), tell)
    if not Conversation.objects.for_customer(team.customer).real().exists():
        tell("Inventing sixty days of conversations …")
        _invent(team, shop, helper, now)
    return team


def add_corpus(team: Team, folder: Path, tell: Tell) -> Chatbot:
    """A bot over a folder in the corpus format, named after it; CorpusError where it is in another."""
    entries = list(library.corpus_entries(folder))
    if not entries:
        raise CorpusError(f"{folder} holds no items.")
    money.lift_limits(team.customer)
    name = folder.resolve().name[:60]
    chatbot = Chatbot.objects.for_customer(team.customer).filter(name=name).first()
    if chatbot is None:
        chatbot = publishing.create_chatbot(team.customer, name, actor=team.owner)
        chatbot.allowed_domains = bots.demo_domains()
        chatbot.save(update_fields=["allowed_domains", "updated_at"])
    _fill(chatbot, entries, tell)
    return chatbot


def _fill(chatbot: Chatbot, entries: library.Entries, tell: Tell) -> KnowledgeBase:
    base = ingestion.base_for(chatbot)
    written = library.fill(base, entries)
    if written:
        tell(f"{chatbot.name} has read {written} items.")
    return base


def _invent(team: Team, shop: Chatbot, helper: Chatbot, now: datetime) -> None:
    history = _history(team, shop, helper, now)
    history.write()
    starts = money.periods(now)
    with transaction.atomic():
        ledger.write(history.store(), starts[:-1])
        money.write(team.customer, team.owner, starts)
        office.write(team, ingestion.base_for(shop), now)


def _history(team: Team, shop: Chatbot, helper: Chatbot, now: datetime) -> History:
    scripts = shop_scripts(ingestion.base_for(shop))
    guide = help_script(ingestion.base_for(helper), like=scripts["en"])
    guide_pages = [settings.SITE_URL + page.address for page in pages()]
    random = Random(SEED)  # noqa: S311 (the demo must come out the same each time)
    return History(
        team=team,
        shop=_cast(shop, bots.shop_plan(), scripts, [SHOP_SITE + page for page in SHOP_PAGES], now),
        helper=_cast(helper, bots.help_plan(), {"en": guide}, guide_pages, now),
        accounts=channels.ensure_accounts(shop, now),
        now=now,
        random=random,
        cast=Cast(team.customer, random),
    )


def _cast(
    chatbot: Chatbot, plan: BotPlan, scripts: dict[str, Script], addresses: list[str], now: datetime
) -> BotCast:
    return BotCast(chatbot=chatbot, scripts=scripts, eras=bots.eras(chatbot, plan, now), pages=addresses)

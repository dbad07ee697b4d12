"""Decides what the demo's sixty days hold: who wrote when, on which channel, and how each talk stands today.

Called by config.demo.seeding; everything is made in memory and stored in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from accounts.models import User
from chatbots.models import Chatbot
from config.demo import CONVERSATIONS, DAYS, scenes
from config.demo.cast import Cast
from config.demo.people import Team
from config.demo.rhythm import moments
from config.demo.scenes import Era, Stage
from config.demo.talks import Script
from config.demo.thread import Thread
from conversations import inbox
from conversations.models import Channel, Contact, ContactIdentity, Conversation, ConversationStatus, Message

LANGUAGE_WEIGHTS = {"en": 40, "de": 22, "es": 12, "zh": 9, "ar": 7, "fr": 6, "pt": 4}
HELP_SHARE = 0.15
RETURNING_SHARE = 0.2
WAITING_MINUTES = (4, 9, 17, 26, 43)
WAITING_LANGUAGES = ("en", "de", "es", "zh", "en")
TAKEN_MINUTES = (6, 14)
BATCH = 400
SHOP_PAGES = ("/", "/city", "/trail", "/shipping", "/returns", "/rental", "/service", "/contact")


@dataclass(frozen=True, slots=True)
class BotCast:
    """A bot of the demo with what it may say, in which era."""

    chatbot: Chatbot
    scripts: Mapping[str, Script]
    eras: Sequence[Era]
    pages: Sequence[str]

    def era(self, at: datetime) -> Era:
        return next((era for era in reversed(self.eras) if era.since <= at), self.eras[0])


@dataclass(slots=True)
class History:
    """Writes the talks; `store` saves them all."""

    team: Team
    shop: BotCast
    helper: BotCast
    accounts: Mapping[str, str]  # the account's public id by channel
    now: datetime
    random: Random
    cast: Cast
    deck: list[scenes.Scene] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    newest_of: dict[tuple[str, str, int], list[Conversation]] = field(default_factory=dict)

    def write(self) -> None:
        for at in moments(
            self.now, CONVERSATIONS - len(WAITING_MINUTES) - len(TAKEN_MINUTES), DAYS, self.random
        ):
            self._ordinary(at)
        for minutes, language in zip(WAITING_MINUTES, WAITING_LANGUAGES, strict=True):
            stage = self._stage(self.shop, language, Channel.WIDGET, self._ago(minutes), self.team.agent)
            scenes.waiting(stage)
            stage.thread.finish()
        for minutes, person in zip(TAKEN_MINUTES, (self.team.owner, self.team.agent), strict=True):
            stage = self._stage(self.shop, "en", Channel.WIDGET, self._ago(minutes), person)
            scenes.with_person(stage, timedelta(minutes=settings.PERSON_ANSWERS_MINUTES))
            stage.thread.finish()

    @transaction.atomic
    def store(self) -> list[Message]:
        contacts = list({id(each): each for each in (t.conversation.contact for t in self.threads)}.values())
        insert(Contact, contacts)
        ContactIdentity.objects.bulk_create(self.cast.identities, batch_size=BATCH)
        for thread in self.threads:
            self._settle_key(thread.conversation)
        insert(Conversation, [thread.conversation for thread in self.threads])
        messages = [message for thread in self.threads for message in thread.messages]
        insert(Message, messages)
        return messages

    def _ordinary(self, at: datetime) -> None:
        is_help = self.random.random() < HELP_SHARE
        bot = self.helper if is_help else self.shop
        language = "en" if is_help else self._one_of(LANGUAGE_WEIGHTS)
        channel = Channel.WIDGET if is_help else self._channel(language)
        person = self.random.choice((self.team.owner, self.team.agent, self.team.agent))
        stage = self._stage(bot, language, channel, at, person)
        self._next_scene()(stage)
        stage.thread.finish()
        self._stand(stage.thread.conversation)

    def _next_scene(self) -> scenes.Scene:
        if not self.deck:
            self.deck = self.random.sample(scenes.DECK, len(scenes.DECK))
        return self.deck.pop()

    def _stage(self, bot: BotCast, language: str, channel: str, at: datetime, person: User) -> Stage:
        contact = self._contact(bot, language, channel, at)
        conversation = Conversation(
            customer=self.team.customer,
            chatbot=bot.chatbot,
            contact=contact,
            channel=channel,
            channel_account=self.accounts[channel],
            locale=language,
            page_url=self.random.choice(bot.pages) if channel == Channel.WIDGET else "",
            created_at=at,
        )
        self.newest_of.setdefault((language, channel, bot.chatbot.pk), []).append(conversation)
        thread = Thread(conversation=conversation, random=self.random, clock=at)
        self.threads.append(thread)
        return Stage(thread, bot.scripts[language], bot.era(at), person, self.random)

    def _contact(self, bot: BotCast, language: str, channel: str, at: datetime) -> Contact:
        """Somebody new, or one who has been here before: then the earlier talk is archived."""
        known = self.newest_of.get((language, channel, bot.chatbot.pk), [])
        if known and self.random.random() < RETURNING_SHARE:
            earlier = known.pop(self.random.randrange(len(known)))
            if at - earlier.created_at > timedelta(hours=12):
                earlier.status, earlier.unread_count = ConversationStatus.ARCHIVED, 0
                return earlier.contact
            known.append(earlier)
        return self.cast.contact(language, list(bot.scripts[language].names), channel, at)

    def _channel(self, language: str) -> str:
        weights = (70, 22, 8) if language in {"en", "de", "es", "pt"} else (84, 14, 2)
        return self.random.choices((Channel.WIDGET, Channel.WHATSAPP_CLOUD, Channel.WHATSAPP_QR), weights)[0]

    def _stand(self, conversation: Conversation) -> None:
        """The younger, the more is still open; some of today's have not been looked at."""
        age = self.now - conversation.created_at
        closed, archived = (
            (25, 0) if age < timedelta(days=2) else (72, 16) if age < timedelta(days=21) else (45, 52)
        )
        choices = (ConversationStatus.ACTIVE, ConversationStatus.CLOSED, ConversationStatus.ARCHIVED)
        conversation.status = self.random.choices(choices, (100 - closed - archived, closed, archived))[0]
        if conversation.status == ConversationStatus.ACTIVE and age < timedelta(hours=8):
            conversation.unread_count = self.random.randrange(0, 3)
        if conversation.status != ConversationStatus.ACTIVE and self.random.random() < 0.3:
            conversation.rating = self.random.choices((1, 0, -1), (80, 12, 8))[0]

    def _settle_key(self, conversation: Conversation) -> None:
        if conversation.status != ConversationStatus.ARCHIVED:
            conversation.open_key = inbox.open_key(
                conversation.contact.pk, conversation.chatbot_id, conversation.channel_account
            )

    def _one_of(self, weights: Mapping[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _ago(self, minutes: int) -> datetime:
        return self.now - timedelta(minutes=minutes)


def insert(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Insert many rows and give each its primary key, also where the database does not return them."""
    model._default_manager.bulk_create(rows, batch_size=BATCH)
    if connection.features.can_return_rows_from_bulk_insert:
        return
    for start in range(0, len(rows), BATCH):
        part = {row.public_id: row for row in rows[start : start + BATCH]}
        keys = model._default_manager.filter(public_id__in=part).values_list("public_id", "pk")
        for public_id, pk in keys:
            part[public_id].pk = pk

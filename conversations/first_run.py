"""Decides how far a new customer has come: make a bot, add knowledge, try it, embed it, first visit.

Called by conversations.overview_views until the first visitor has written.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from chatbots.models import Chatbot
from conversations.models import Conversation
from knowledge.models import ItemState, KnowledgeItem


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is done, current, todo or waiting."""

    title: str
    text: str
    state: str
    href: str = ""
    action: str = ""


def steps(customer: Customer, user: User, bots: list[Chatbot]) -> list[Step]:
    """The five steps; the first that is not done is the current one. Two statements."""
    bot = bots[0] if bots else None
    seen = next((each for each in bots if each.first_seen_at), None)
    done = [bool(bot), bool(bot) and _has_knowledge(customer), bool(bot) and _was_tried(customer), bool(seen)]
    current = done.index(False) if False in done else len(done)
    states = [
        "done" if is_done else "current" if at == current else "todo" for at, is_done in enumerate(done)
    ]
    return [*_four(bot, states), _visit(seen, is_next=current == 3)]


def _four(bot: Chatbot | None, states: list[str]) -> list[Step]:
    name = bot.name if bot else ""
    return [
        Step(
            _("Make a bot"),
            _("A name is enough to begin."),
            states[0],
            _address("chatbots:create", "chatbots:list"),
            _("Make a bot"),
        ),
        Step(
            _("Add knowledge"),
            _(
                "A page, a file or a question with its answer. The bot answers from these and from nothing else."
            ),
            states[1],
            _address("knowledge:list") + "#add",
            _("Add source"),
        ),
        Step(
            _("Try it"),
            _("Ask what a visitor would ask, and see which passages the answer comes from."),
            states[2],
            _address("chatbots:studio", "conversations:playground", of=bot) if bot else "",
            _("Try %(name)s") % {"name": name},
        ),
        Step(
            _("Put it on your page"),
            _("Copy one line into your site."),
            states[3],
            _address("chatbots:embed", "chatbots:list", of=bot) if bot else "",
            _("Copy the line"),
        ),
    ]


def _visit(seen: Chatbot | None, *, is_next: bool) -> Step:
    if seen is not None:
        return Step(_("First visit"), _("Seen on %(page)s.") % {"page": seen.last_seen_origin}, "done")
    text = _("This turns green by itself as soon as a page with the bot is opened.")
    return Step(_("Waiting for the first visit"), text, "waiting" if is_next else "todo")


def _has_knowledge(customer: Customer) -> bool:
    items = KnowledgeItem.objects.for_customer(customer)
    return items.filter(state=ItemState.READY, deleted_at__isnull=True).exists()


def _was_tried(customer: Customer) -> bool:
    talks = Conversation.objects.for_customer(customer)
    return talks.filter(is_preview=True, last_sequence__gt=0).exists()


def _address(*names: str, of: Chatbot | None = None) -> str:
    """The first of these pages that exists, with or without the bot."""
    for name in names:
        for arguments in ((of.public_id,) if of else (), ()):
            try:
                return reverse(name, args=arguments)
            except NoReverseMatch:
                continue
    return ""

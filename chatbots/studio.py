"""Decides what the studio's frame shows of a bot: what is live, what the draft changes, and the tabs.

Called by every studio page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.permissions import Action, allows
from accounts.tenancy import TenantRequest, get_or_404
from chatbots import publishing
from chatbots.forms import DeleteForm, PublishForm
from chatbots.models import Chatbot

# Draft fields that stand under another name in the form.
FORM_FIELDS = {"handover_rules": "offer_after_refusals"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed field in words."""

    label: str
    before: str
    after: str


def bots_of(customer: Customer) -> QuerySet[Chatbot]:
    """The customer's bots as the list shows them."""
    return (
        Chatbot.objects.for_customer(customer)
        .select_related("live_version", "widget_settings")
        .order_by("name", "id")
    )


def find(request: TenantRequest, public_id: str) -> Chatbot:
    """The customer's own bot with what every studio page reads."""
    bots = Chatbot.objects.select_related("customer", "live_version__published_by", "widget_settings")
    return get_or_404(bots, request.customer, public_id)


def frame(request: TenantRequest, chatbot: Chatbot, here: str) -> dict[str, Any]:
    """The context that every studio page shares."""
    newest = chatbot.versions.aggregate(newest=Max("number"), count=Count("pk"))
    changes = publishing.changes(chatbot)
    return {
        "nav_current": "bots",
        "chatbot": chatbot,
        "here": here,
        "crumbs": [{"text": _("Bots"), "href": reverse("chatbots:list")}, {"text": chatbot.name}],
        "tabs": _tabs(chatbot, here, newest["count"]),
        "differences": [_in_words(change) for change in changes],
        "changed": {FORM_FIELDS.get(change.field, change.field) for change in changes},
        "next_number": (newest["newest"] or 0) + 1,
        "edits": allows(request.membership.role, Action.EDIT_BOTS),
        "publishes": allows(request.membership.role, Action.PUBLISH_BOTS),
        "publish_form": PublishForm(),
        "delete_form": DeleteForm(chatbot=chatbot),
    }


def _tabs(chatbot: Chatbot, here: str, versions: int) -> list[dict[str, Any]]:
    tabs = [
        ("studio", _("Behaviour"), _address("chatbots:studio", chatbot), ""),
        ("knowledge", _("Knowledge"), _knowledge(chatbot), ""),
        ("widget", _("Widget"), _address("chatbots:widget", chatbot), ""),
        ("embed", _("Embed"), _address("chatbots:embed", chatbot), ""),
        ("versions", _("Versions"), _address("chatbots:versions", chatbot), versions),
    ]
    return [
        {"text": text, "href": href, "current": name == here, "count": count}
        for name, text, href, count in tabs
        if href
    ]


def _address(name: str, chatbot: Chatbot) -> str:
    return reverse(name, args=[chatbot.public_id])


def _knowledge(chatbot: Chatbot) -> str:
    """The knowledge pages stand above this app, so that their address is asked for by name."""
    try:
        return f"{reverse('knowledge:list')}?bot={chatbot.public_id}"
    except NoReverseMatch:
        return ""


def _in_words(change: publishing.Change) -> Difference:
    return Difference(change.label, _said(change.field, change.before), _said(change.field, change.after))


def _said(name: str, value: Any) -> str:
    if name == "language":
        return value or _("The visitor’s language")
    if name == "handover_rules":
        after = (value or {}).get("after_refusals")
        return (
            _("after %(number)s unanswered questions") % {"number": after} if after else _("only when asked")
        )
    if value in (None, {}, ""):
        return "–"
    choices = dict(getattr(Chatbot._meta.get_field(name), "flatchoices", []))
    return str(choices.get(value, value)) if isinstance(value, str) else str(value)

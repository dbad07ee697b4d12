"""Decides the small words and signs of a conversation in lists: its name, its channel's icon, its state.

Called by templates as {% load conversation_words %}.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django import template
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from conversations import thread
from conversations.models import Answering, Channel, Conversation, ConversationStatus

register = template.Library()
MARKUP = re.compile(r"\*\*|__|`+|\[\d+\]|^#+ |\n#+ ")
ICONS = {Channel.WIDGET: "globe", Channel.WHATSAPP_CLOUD: "phone", Channel.WHATSAPP_QR: "qr"}

register.filter("contact_name", thread.contact_name)
register.filter("web_address", thread.web_address)


@dataclass(frozen=True, slots=True)
class Status:
    text: str
    tone: str = "none"
    kind: str = ""


@register.filter
def channel_icon(channel: str) -> str:
    return ICONS.get(Channel(channel), "globe")


@register.filter
def without_markup(text: str) -> str:
    """The last words of a row without the signs of Markdown and numbers of sources."""
    return MARKUP.sub("", text)


@register.filter
def language_code(locale: str) -> str:
    return locale.replace("_", "-").partition("-")[0]


@register.filter
def language_name(locale: str) -> str:
    """The language in the reader's own, or the code where nobody knows it."""
    try:
        return str(translation.get_language_info(language_code(locale).lower())["name_translated"])
    except KeyError:
        return locale


@register.filter
def page_path(address: str) -> str:
    """The end of an address that tells pages of one site apart."""
    parts = urlsplit(address)
    return parts.path if parts.path not in {"", "/"} else parts.netloc


@register.simple_tag
def status_of(row: Conversation, user: User) -> Status:
    """Who answers, or that it is over; only what waits for a person asks for attention."""
    if row.status == ConversationStatus.CLOSED:
        return Status(_("Closed"), "success", "done")
    if row.status == ConversationStatus.ARCHIVED:
        return Status(_("Archived"))
    if row.answering == Answering.WAITING:
        return Status(_("Waiting"), "warning", "wait")
    if row.answering == Answering.PERSON and thread.lease(row, user) is not None:
        is_mine = row.assignee_id == user.pk
        return Status(_("You") if is_mine else str(row.assignee or _("A person")), "accent", "mine")
    return Status(_("Bot"), "none", "bot")

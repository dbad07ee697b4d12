"""What billing refuses, in its own words; edges translate once."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SENTENCES = {
    "chatbots": gettext_lazy("Your plan holds %(limit)s bots."),
    "seats": gettext_lazy("Your plan holds %(limit)s seats."),
    "knowledge_items": gettext_lazy("Your plan holds %(limit)s knowledge items."),
    "knowledge_bytes": gettext_lazy("Your plan holds %(limit)s bytes of knowledge."),
    "MESSAGE": gettext_lazy("The %(limit)s answers of this month are used."),
    "AI_REQUEST": gettext_lazy("The %(limit)s AI requests of this month are used."),
    "WHATSAPP_MESSAGE": gettext_lazy("The %(limit)s WhatsApp messages of this month are used."),
}


class QuotaExceeded(Exception):
    """A limit of the customer's plan is spent; `resets_at` is None for a limit that no period renews."""

    def __init__(self, unit: str, limit: int, resets_at: datetime | None = None) -> None:
        super().__init__(f"The limit of {limit} {unit} is reached.")
        self.unit = unit
        self.limit = limit
        self.resets_at = resets_at

    @property
    def sentence(self) -> str:
        """What a member reads, with the way out; visitors get their bot's own words instead."""
        told = str(SENTENCES[self.unit]) % {"limit": number_format(self.limit, force_grouping=True)}
        if self.resets_at is None:
            return f"{told} {_('Choose a larger plan, or make room.')}"
        day = date_format(timezone.localtime(self.resets_at), "j F")
        return f"{told} {_('They reset on %(day)s.') % {'day': day}}"

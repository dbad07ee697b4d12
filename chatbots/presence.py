"""Decides when a bot counts as seen on a page, and writes it at most once a minute.

Called by the launcher endpoint, on every page that carries the widget.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from chatbots.models import Chatbot

PAUSE = timedelta(minutes=1)


def record_call(chatbot: Chatbot, origin: str) -> bool:
    """Note that the widget called home from this origin; True where a row was written."""
    now = timezone.now()
    if chatbot.last_seen_at and chatbot.last_seen_at > now - PAUSE:
        return False
    due = Q(last_seen_at=None) | Q(last_seen_at__lte=now - PAUSE)
    written = Chatbot.objects.filter(due, pk=chatbot.pk).update(
        first_seen_at=Coalesce("first_seen_at", now), last_seen_at=now, last_seen_origin=origin[:200]
    )
    return bool(written)

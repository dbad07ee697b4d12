"""How fast a visitor, a bot and a customer may be written to; asked before a message is stored.

Windows live in the cache (shared through Redis in production); the counters are approximate by design.
"""

import time

from django.conf import settings
from django.core.cache import cache

from chatbots.models import Chatbot
from conversations.exceptions import RateLimitedError

MINUTE_SECONDS = 60
DAY_SECONDS = 86_400


def check_message_rate(chatbot: Chatbot, visitor: str) -> None:
    """Count one message; RateLimitedError names the seconds until the fullest window opens again."""
    bot = chatbot.public_id
    _count(f"visitor:{bot}:{visitor}", settings.WIDGET_MESSAGES_PER_MINUTE, MINUTE_SECONDS)
    _count(f"bot:{bot}", settings.WIDGET_MESSAGES_PER_MINUTE_PER_BOT, MINUTE_SECONDS)
    _count(
        f"customer:{chatbot.customer_id}", settings.WIDGET_MESSAGES_PER_MINUTE_PER_CUSTOMER, MINUTE_SECONDS
    )
    _count(f"visitor-day:{bot}:{visitor}", chatbot.visitor_daily_limit, DAY_SECONDS)
    if chatbot.daily_limit is not None:
        _count(f"bot-day:{bot}", chatbot.daily_limit, DAY_SECONDS)


def check_playground_rate(customer_id: int, user: str) -> None:
    """Count one question to a draft: free of charge, and therefore bounded."""
    _count(f"playground:{customer_id}:{user}", settings.WIDGET_MESSAGES_PER_MINUTE, MINUTE_SECONDS)
    _count(f"playground-day:{customer_id}", settings.PLAYGROUND_QUESTIONS_PER_DAY, DAY_SECONDS)


def check_session_rate(address: str) -> None:
    """Count one session made from a network address."""
    _count(f"session:{address}", 60, MINUTE_SECONDS)


def _count(name: str, limit: int, window_seconds: int) -> None:
    window, elapsed = divmod(int(time.time()), window_seconds)
    key = f"rate:{name}:{window}"
    cache.add(key, 0, timeout=window_seconds * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # evicted between the two calls: a new window
        return
    if used > limit:
        raise RateLimitedError(max(1, window_seconds - elapsed))

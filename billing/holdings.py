"""What a customer holds of the things that a plan bounds: bots, seats, knowledge.

Called by the billing page. Bots and knowledge live in apps above, so they are named by string, as ledgers do.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Count, Sum

from accounts.models import Customer


def held_by(customer: Customer) -> dict[str, int]:
    """How many of each limit's things the customer has, by the limit's name; three statements."""
    items: Any = apps.get_model("knowledge", "KnowledgeItem").objects
    chatbots: Any = apps.get_model("chatbots", "Chatbot").objects
    knowledge = items.for_customer(customer).live().aggregate(count=Count("pk"), bytes=Sum("byte_size"))
    return {
        "chatbots": chatbots.for_customer(customer).count(),
        "seats": customer.memberships.count(),
        "knowledge_items": knowledge["count"],
        "knowledge_bytes": knowledge["bytes"] or 0,
    }

"""What every dashboard page knows of the inbox: how many conversations hold something unread."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Customer
from accounts.tenancy import current_membership
from conversations.models import Conversation


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_conversations`, counted only where a page shows it, and only for members."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    membership = current_membership(request)
    if membership is None:
        return {}
    customer: Customer = membership.customer
    return {"unread_conversations": SimpleLazyObject(lambda: Conversation.objects.unread_of(customer))}

"""What every dashboard page knows of its tenant: the current customer and the switcher's choices."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Customer
from accounts.tenancy import current_membership


def tenant(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    user, membership = request.user, current_membership(request)
    return {
        "membership": membership,
        "current_customer": membership.customer if membership else None,
        "customers": SimpleLazyObject(lambda: list(Customer.objects.filter(memberships__user=user.pk))),
    }

"""Whose data a request may see: the current customer, the member's rights, and scoped look-ups.

Every dashboard view is wrapped by `member_view`; every object comes from `get_or_404`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import Customer, Membership, User
from accounts.permissions import Action, allows
from accounts.preferences import zone_of
from accounts.querysets import TenantQuerySet

SESSION_KEY = "customer"
ModelType = TypeVar("ModelType", bound=models.Model)
Parameters = ParamSpec("Parameters")


class TenantRequest(HttpRequest):
    """A request of a signed-in member, as `member_view` hands it on."""

    user: User  # type: ignore[assignment]
    membership: Membership
    customer: Customer
    htmx: HtmxDetails


def membership_of(user: User, public_id: str | None) -> Membership | None:
    """The user's membership at the chosen customer, else at their oldest; one query."""
    memberships = list(user.memberships.select_related("customer").order_by("created_at", "id"))
    chosen = [each for each in memberships if each.customer.public_id == public_id]
    return next(iter(chosen or memberships), None)


def get_or_404(queryset: TenantQuerySet[ModelType], customer: Customer, public_id: str) -> ModelType:
    """The customer's own object by its public id; another tenant's does not exist."""
    return get_object_or_404(queryset.for_customer(customer), public_id=public_id)


def current_membership(request: Any) -> Membership | None:
    """The membership that this request acts under, looked up once a request."""
    if not hasattr(request, "membership"):
        user = request.user
        chosen = request.session.get(SESSION_KEY)
        request.membership = membership_of(user, chosen) if user.is_authenticated else None
        request.customer = request.membership.customer if request.membership else None
    found: Membership | None = request.membership
    return found


TenantView = Callable[Concatenate[Any, Parameters], HttpResponseBase]


def member_view(action: Action) -> Callable[[TenantView[Parameters]], TenantView[Parameters]]:
    """Let a member whose role allows `action` pass; others sign in, found a customer, or get a 403."""

    def decorate(view: TenantView[Parameters]) -> TenantView[Parameters]:
        @wraps(view)
        def checked(request: Any, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
            with timezone.override(zone_of(request.user)):
                return _refusal(request, action) or view(request, *args, **kwargs)

        guarded: Any = login_required(checked)
        guarded.required_action = action
        return cast(TenantView[Parameters], guarded)

    return decorate


def _refusal(request: Any, action: Action) -> HttpResponse | None:
    membership = current_membership(request)
    if membership is None:
        return redirect("accounts:welcome")
    if membership.customer.is_suspended:
        return render(request, "accounts/suspended.html", status=403)
    if not allows(membership.role, action):
        raise PermissionDenied
    return None

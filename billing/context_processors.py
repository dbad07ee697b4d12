"""What every dashboard page shows of the plan: its name, and answers used against the limit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import Customer
from billing import entitlements
from usage import metering
from usage.models import UsageType


def plan_badge(request: HttpRequest) -> dict[str, Any]:
    """Read only where a template asks; pages without a customer get nothing."""
    customer: Customer | None = getattr(request, "customer", None)
    if customer is None:
        return {}
    return {
        "plan_badge": SimpleLazyObject(lambda: _badge(customer)),
        "usage_meter": SimpleLazyObject(lambda: _meter(customer)),
    }


def _badge(customer: Customer) -> str:
    return _("%(name)s plan") % {"name": entitlements.for_customer(customer).plan_name}


def _meter(customer: Customer) -> dict[str, Any] | None:
    rights = entitlements.for_customer(customer)
    limit = rights.limit("messages")
    if limit is None:
        return None
    used = metering.used(customer.pk, rights.period_start).get(UsageType.MESSAGE, 0)
    resets_on = date_format(timezone.localtime(rights.period_end), "j F")
    return {
        "label": _("Answers"),
        "used": used,
        "limit": limit,
        "used_text": f"{used:,}",
        "limit_text": f"{limit:,}",
        "resets_text": _("Resets %(day)s") % {"day": resets_on},
    }

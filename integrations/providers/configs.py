"""Decides how a customer's own providers are kept: audited, keys sealed, in force at the next answer.

Called by the API page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Customer, User
from integrations import providers
from integrations.models import AIProviderConfig

SHOWN = ("name", "base_url", "chat_model", "input_price", "output_price", "currency", "priority", "state")


def save(
    customer: Customer, values: Mapping[str, Any], *, actor: User, row: AIProviderConfig | None = None
) -> AIProviderConfig:
    """Add or change a provider; an empty `api_key` keeps the key that is there."""
    kept = {name: value for name, value in values.items() if name != "api_key" or value}
    with transaction.atomic():
        saved = row or AIProviderConfig(customer=customer, kind="openai")
        before = _shown(saved) if row else {}
        for name, value in kept.items():
            setattr(saved, name, value)
        saved.save()
        was, became = audit.differences(before, _shown(saved))
        if "api_key" in kept:
            became["api_key"] = "changed"
        action = "provider.changed" if row else "provider.added"
        audit.record(
            action, customer=customer, actor=actor, object_id=saved.public_id, before=was, after=became
        )
    providers.forget(customer)
    return saved


def delete(row: AIProviderConfig, *, actor: User) -> None:
    customer = row.customer
    with transaction.atomic():
        audit.record(
            "provider.deleted", customer=customer, actor=actor, object_id=row.public_id, before=_shown(row)
        )
        row.delete()
    providers.forget(customer)


def _shown(row: AIProviderConfig) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SHOWN}

"""The plans of a fresh installation, as data; operators change them in the admin.

Used by the first data migration and by billing.plans.
"""

from __future__ import annotations

from typing import Any

MEGABYTE = 1024 * 1024

DEFAULT_PLANS: tuple[dict[str, Any], ...] = (
    {
        "code": "free",
        "name": "Free",
        "description": "To try it on real questions.",
        "is_default": True,
        "limits": {
            "chatbots": 2,
            "seats": 2,
            "knowledge_items": 200,
            "knowledge_bytes": 50 * MEGABYTE,
            "messages": 500,
            "ai_requests": 500,
            "whatsapp_messages": 100,
        },
        "features": ["Widget and WhatsApp", "Sources under every answer", "Hand over to a person"],
        "prices": {"MONTH": {"EUR": 0, "USD": 0}, "YEAR": {"EUR": 0, "USD": 0}},
    },
    {
        "code": "starter",
        "name": "Starter",
        "description": "For one site with a steady stream of questions.",
        "trial_days": 14,
        "limits": {
            "chatbots": 3,
            "seats": 5,
            "knowledge_items": 2_000,
            "knowledge_bytes": 500 * MEGABYTE,
            "messages": 2_000,
            "ai_requests": 3_000,
            "whatsapp_messages": 1_000,
        },
        "features": ["Everything in Free", "API and webhooks", "Your own AI provider"],
        "prices": {"MONTH": {"EUR": 2_900, "USD": 2_900}, "YEAR": {"EUR": 29_000, "USD": 29_000}},
    },
    {
        "code": "growth",
        "name": "Growth",
        "description": "For a support team that lives in the inbox.",
        "is_highlighted": True,
        "trial_days": 14,
        "limits": {
            "chatbots": 10,
            "seats": 15,
            "knowledge_items": 20_000,
            "knowledge_bytes": 5_000 * MEGABYTE,
            "messages": 10_000,
            "ai_requests": 15_000,
            "whatsapp_messages": 5_000,
        },
        "features": ["Everything in Starter", "More bots, seats and knowledge", "Priority support"],
        "prices": {"MONTH": {"EUR": 7_900, "USD": 7_900}, "YEAR": {"EUR": 79_000, "USD": 79_000}},
    },
)


def create_missing(plan_model: Any, version_model: Any, price_model: Any) -> None:
    """Create the plans whose code is not there; the models come from the app, or from a migration's state."""
    for position, data in enumerate(DEFAULT_PLANS):
        plan, is_new = plan_model.objects.get_or_create(
            code=data["code"],
            defaults={
                "name": data["name"],
                "description": data["description"],
                "position": position,
                "is_default": data.get("is_default", False),
                "is_highlighted": data.get("is_highlighted", False),
            },
        )
        if is_new:
            _create_version(plan, data, version_model, price_model)


def _create_version(plan: Any, data: dict[str, Any], version_model: Any, price_model: Any) -> None:
    version = version_model.objects.create(
        plan=plan,
        number=1,
        trial_days=data.get("trial_days", 0),
        features=data["features"],
        **data["limits"],
    )
    price_model.objects.bulk_create(
        price_model(version=version, interval=interval, currency=currency, amount_minor=amount)
        for interval, amounts in data["prices"].items()
        for currency, amount in amounts.items()
    )
    plan.current_version = version
    plan.save(update_fields=["current_version"])

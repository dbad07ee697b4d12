"""Decides what an audit row keeps: who did what to which object, before and after, never a secret.

Called by the domain functions of every app, inside the transaction that makes the change.
"""

from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, Customer, User

SECRET_WORDS = ("secret", "token", "password", "api_key", "credential", "private")
HIDDEN = "••••"
LONGEST_TEXT = 500
LABELS = {
    "key.created": _("API key created"),
    "key.revoked": _("API key revoked"),
    "provider.added": _("AI provider added"),
    "provider.changed": _("AI provider changed"),
    "provider.deleted": _("AI provider deleted"),
    "payment.recorded": _("Payment recorded"),
    "subscription.changed": _("Subscription changed"),
    "conversation.closed": _("Conversation closed"),
    "conversation.reopened": _("Conversation reopened"),
    "conversation.archived": _("Conversation archived"),
    "customer.created": _("Workspace created"),
    "customer.settings_changed": _("Workspace settings changed"),
    "customer.suspended": _("Workspace suspended"),
    "customer.reinstated": _("Workspace reinstated"),
    "member.invited": _("Member invited"),
    "member.joined": _("Invitation accepted"),
    "invitation.revoked": _("Invitation revoked"),
    "member.role_changed": _("Role changed"),
    "member.removed": _("Member removed"),
    "chatbot.created": _("Bot created"),
    "chatbot.edited": _("Bot draft edited"),
    "chatbot.published": _("Bot published"),
    "chatbot.published_again": _("Older version published again"),
    "chatbot.draft_discarded": _("Bot draft discarded"),
    "chatbot.paused": _("Bot paused"),
    "chatbot.resumed": _("Bot resumed"),
    "chatbot.deleted": _("Bot deleted"),
    "chatbot.widget_changed": _("Widget settings changed"),
    "chatbot.domains_changed": _("Allowed domains changed"),
}

# Django's own encoder spells dates, decimals and lazy texts; JSONField then stores plain JSON.
_encoder = DjangoJSONEncoder()


def record(
    action: str,
    *,
    customer: Customer | None,
    actor: User | None = None,
    acting_for: User | None = None,
    object_id: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> AuditEntry:
    return AuditEntry.objects.create(
        action=action,
        customer=customer,
        actor=actor,
        acting_for=acting_for,
        object_id=object_id,
        before=presentable(before or {}),
        after=presentable(after or {}),
        address=address,
    )


def presentable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as plain JSON, secrets hidden and long texts cut."""
    return {key: HIDDEN if _is_secret(key) else _plain(value) for key, value in values.items()}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what changed, as (before, after), ready for `record`."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in changed}, {key: after[key] for key in changed}


def label(action: str) -> str:
    """The action in words; one that has none is shown as it is stored."""
    return str(LABELS.get(action, action))


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_WORDS)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return presentable(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return _encoder.default(value)

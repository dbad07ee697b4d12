"""Decides how widget settings, their languages and the allowed domains are saved: live at once, and audited.

Called by the studio's widget and embed pages and the API.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts import audit
from accounts.models import User
from chatbots.models import Chatbot, WidgetSettings


def change_settings(widget: WidgetSettings, values: dict[str, Any], actor: User | None) -> bool:
    """Write the values; True where something changed."""
    with transaction.atomic():
        current = WidgetSettings.objects.select_for_update().get(pk=widget.pk)
        before, after = audit.differences({name: getattr(current, name) for name in values}, values)
        if not after:
            return False
        for name, value in after.items():
            setattr(current, name, value)
        current.save(update_fields=[*after, "updated_at"])
        _record("chatbot.widget_changed", widget.chatbot, actor, before, after)
    widget.refresh_from_db()
    return True


def change_avatar(widget: WidgetSettings, upload: UploadedFile | None, actor: User | None) -> None:
    """Put a checked picture, or none, in the place of the old one, whose file goes after the commit."""
    before = widget.avatar.name or ""
    storage = widget.avatar.storage
    widget.avatar = upload or ""
    with transaction.atomic():
        widget.save(update_fields=["avatar", "updated_at"])
        _record(
            "chatbot.widget_changed",
            widget.chatbot,
            actor,
            {"avatar": bool(before)},
            {"avatar": bool(upload)},
        )
        if before:
            transaction.on_commit(partial(storage.delete, before), robust=True)


def change_locale_texts(
    widget: WidgetSettings, locale: str, texts: dict[str, Any], actor: User | None
) -> bool:
    """Replace what the widget says in one language; no texts take the language away."""
    others = {key: value for key, value in widget.locale_texts.items() if key != locale}
    return change_settings(widget, {"locale_texts": others | ({locale: texts} if texts else {})}, actor)


def change_domains(chatbot: Chatbot, entries: list[str], actor: User | None) -> bool:
    with transaction.atomic():
        current = Chatbot.objects.select_for_update().get(pk=chatbot.pk)
        if current.allowed_domains == entries:
            return False
        before, current.allowed_domains = current.allowed_domains, entries
        current.save(update_fields=["allowed_domains", "updated_at"])
        _record("chatbot.domains_changed", chatbot, actor, {"domains": before}, {"domains": entries})
    chatbot.refresh_from_db()
    return True


def _record(
    action: str, chatbot: Chatbot, actor: User | None, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        action,
        customer=chatbot.customer,
        actor=actor,
        object_id=chatbot.public_id,
        before=before,
        after=after,
    )

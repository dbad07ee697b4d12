"""The query vocabulary of conversations and messages; what a list needs is loaded here, not in a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import F

from accounts.querysets import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import Customer
    from conversations.models import Conversation, Message  # noqa: F401 (types of the querysets below)


class ConversationQuerySet(TenantQuerySet["Conversation"]):
    def real(self) -> Self:
        """Without the playground's own talks."""
        return self.filter(is_preview=False)

    def unread_of(self, customer: Customer) -> int:
        """How many of the customer's open conversations hold something nobody has read."""
        return self.for_customer(customer).real().filter(status="ACTIVE", unread_count__gt=0).count()

    def for_list(self) -> Self:
        return self.select_related("chatbot", "contact", "assignee")

    def unread_first(self) -> Self:
        return self.order_by((F("unread_count") > 0).desc(), "-last_message_at", "-id")  # type: ignore[operator]


class MessageQuerySet(TenantQuerySet["Message"]):
    def for_thread(self) -> Self:
        return self.select_related("author", "version", "turn").order_by("sequence")

    def after(self, sequence: int) -> Self:
        return self.filter(sequence__gt=sequence)

    def revised_after(self, revision: int) -> Self:
        return self.filter(revision__gt=revision)

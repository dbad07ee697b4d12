"""The query vocabulary of conversations and messages; what a list needs is loaded here, not in a view."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import BooleanField, Case, Q, Value, When

from accounts.querysets import TenantQuerySet

if TYPE_CHECKING:
    from accounts.models import Customer
    from conversations.models import Conversation, Message  # noqa: F401 (types of the querysets below)


def _is_unread() -> Case:
    return Case(When(unread_count__gt=0, then=Value(True)), default=Value(False), output_field=BooleanField())


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
        return self.annotate(is_unread=_is_unread()).order_by("-is_unread", "-last_message_at", "-public_id")

    def beyond(self, is_unread: bool, last_message_at: datetime, public_id: str) -> Self:
        """What comes after this place in the order of `unread_first`, which must be set."""
        older = Q(last_message_at__lt=last_message_at) | Q(
            last_message_at=last_message_at, public_id__lt=public_id
        )
        same_half = Q(unread_count__gt=0) if is_unread else Q(unread_count=0)
        return self.filter((same_half & older) | Q(unread_count=0) if is_unread else same_half & older)

    def waiting(self) -> Self:
        """In the queue of people."""
        return self.filter(status="ACTIVE", answering="WAITING")

    def started_between(self, since: datetime, until: datetime) -> Self:
        return self.filter(created_at__gte=since, created_at__lt=until)


class MessageQuerySet(TenantQuerySet["Message"]):
    def for_thread(self) -> Self:
        return self.select_related("author", "version", "turn").order_by("sequence")

    def after(self, sequence: int) -> Self:
        return self.filter(sequence__gt=sequence)

    def revised_after(self, revision: int) -> Self:
        return self.filter(revision__gt=revision)

    def newest_first(self) -> Self:
        """For a thread read from its end."""
        return self.select_related("author", "version").order_by("-sequence")

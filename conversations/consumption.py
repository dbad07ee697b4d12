"""What an answer uses up: reserved before it is made, settled and written to the ledger when it is done.

Called by turns, inside its transactions and after the conversation's row is locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing import quotas
from conversations.models import Conversation, Message
from integrations.providers.base import ProviderSettings, TokenUsage, cost_micros
from usage import metering
from usage.models import Reservation, UsageType

if TYPE_CHECKING:
    from conversations.turns import Answer, OpenTurn


def reserve(conversation: Conversation, message: Message, provider: ProviderSettings) -> Reservation | None:
    if conversation.is_preview:
        return None
    return quotas.reserve(conversation.chatbot.customer, f"answer:{message.public_id}", _amounts(provider))


def _amounts(provider: ProviderSettings) -> dict[str, int]:
    """An answer is one MESSAGE; a generation by an outside provider is one AI_REQUEST too."""
    amounts = {UsageType.MESSAGE.value: 1}
    if provider.kind != "local":
        amounts[UsageType.AI_REQUEST.value] = 1
    return amounts


def settle(turn: OpenTurn, answer: Answer, message: Message) -> None:
    """Settle what was reserved with what was used, and write one ledger row a unit."""
    if turn.reservation is None:
        return
    used = _used_units(turn, answer)
    quotas.settle(turn.reservation, dict.fromkeys(used, 1))
    if used:
        metering.record_all([_usage_record(turn, answer, message, unit) for unit in used])


def _usage_record(turn: OpenTurn, answer: Answer, message: Message, unit: UsageType) -> metering.UsageRecord:
    assert turn.reservation is not None  # noqa: S101 (the caller's guard)
    tokens = answer.usage if unit == UsageType.AI_REQUEST else TokenUsage(0, 0)
    return metering.UsageRecord(
        customer_id=turn.conversation.customer_id,
        type=unit,
        input_tokens=tokens.input_tokens,
        output_tokens=tokens.output_tokens,
        cost_micros=cost_micros(turn.provider, tokens),
        currency=turn.provider.currency,
        message_id=message.pk,
        chatbot_id=turn.conversation.chatbot_id,
        channel=turn.conversation.channel,
        provider=turn.provider.kind,
        model=message.model,
        period_start=turn.reservation.period_start,
        idempotency_key=f"{unit.lower()}:{message.public_id}",
    )


def _used_units(turn: OpenTurn, answer: Answer) -> list[UsageType]:
    """A delivered answer is a MESSAGE and, when an outside provider wrote it, an AI_REQUEST; a refusal is free."""
    if answer.refusal_cause or not answer.text:
        return []
    is_generated = answer.called_provider and turn.provider.kind != "local"
    return [UsageType.MESSAGE, UsageType.AI_REQUEST] if is_generated else [UsageType.MESSAGE]

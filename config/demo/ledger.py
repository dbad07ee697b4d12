"""Decides what the demo's talks count in the usage ledger: the rules of metering, over rows made in bulk.

Called by config.demo.seeding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from config.demo.history import BATCH
from conversations.models import AuthorKind, Channel, DeliveryStatus, Message, MessageRole, MessageState
from usage import metering
from usage.models import UsageLog, UsageType

ACCEPTED = {DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ}


def write(messages: Sequence[Message], periods: Sequence[datetime]) -> None:
    """One row a unit of each message that counts, and the counters that are their sums."""
    logs = [_log(message, unit, periods) for message in messages for unit in units_of(message)]
    UsageLog.objects.bulk_create(logs, batch_size=BATCH)
    sums: dict[tuple[int | None, datetime], Counter[str]] = defaultdict(Counter)
    for log in logs:
        sums[log.customer_id, log.period_start][log.type] += log.quantity
    for (customer_id, period), used in sums.items():
        if customer_id is not None:
            metering.change(customer_id, used, period)


def units_of(message: Message) -> Iterator[UsageType]:
    """Refusals, failures, visitors' and people's words are free; a channel's message counts when accepted."""
    is_answer = message.author_kind == AuthorKind.BOT and message.state == MessageState.COMPLETE
    if is_answer and not message.refusal_cause:
        yield UsageType.MESSAGE
        if message.provider != "local":
            yield UsageType.AI_REQUEST
    is_outbound = message.role == MessageRole.ASSISTANT and message.conversation.channel != Channel.WIDGET
    if is_outbound and message.delivery_status in ACCEPTED:
        yield UsageType.WHATSAPP_MESSAGE


def _log(message: Message, unit: UsageType, periods: Sequence[datetime]) -> UsageLog:
    conversation = message.conversation
    is_generation = unit == UsageType.AI_REQUEST
    return UsageLog(
        customer_id=conversation.customer_id,
        type=unit,
        input_tokens=message.input_tokens if is_generation else 0,
        output_tokens=message.output_tokens if is_generation else 0,
        cost_micros=message.cost_micros if is_generation else 0,
        message_id=message.pk,
        chatbot_id=conversation.chatbot_id,
        channel=conversation.channel,
        provider=message.provider,
        model=message.model,
        period_start=max(start for start in periods if start <= message.created_at),
        idempotency_key=f"{unit.lower()}:{message.public_id}",
        created_at=message.created_at,
    )

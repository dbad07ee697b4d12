"""What the ledger says of a period: by day, by bot and channel, and row by row for a table program.

Called by the usage and billing pages; reads only.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Customer
from usage.models import UsageLog, UsageType

CSV_COLUMNS = (
    "created_at",
    "type",
    "quantity",
    "chatbot__name",
    "channel",
    "provider",
    "model",
    "input_tokens",
    "output_tokens",
    "cost_micros",
    "currency",
    "message__public_id",
)
# What table programs take for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Day:
    """One day's quantity; an estimate where the day is still to come."""

    date: date
    quantity: int
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one bot used on one channel, by unit."""

    chatbot: str
    channel: str
    answers: int
    ai_requests: int
    whatsapp_messages: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the period ends at the present pace, and when the limit is reached on the way."""

    expected: int
    runs_out_on: date | None


def days(
    customer: Customer, start: datetime, end: datetime, unit: UsageType = UsageType.MESSAGE
) -> list[Day]:
    """Every day of the period in UTC; days to come carry the mean of the days gone."""
    rows = UsageLog.objects.for_customer(customer).filter(
        type=unit, created_at__gte=start, created_at__lt=end
    )
    found = dict(
        rows.order_by()
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values_list("day")
        .annotate(Sum("quantity"))
    )
    today = timezone.now().astimezone(UTC).date()
    gone = [day for day in _dates(start, end) if day <= today]
    mean = round(sum(found.values()) / len(gone)) if gone else 0
    return [
        Day(day, found.get(day, 0)) if day <= today else Day(day, mean, is_estimate=True)
        for day in _dates(start, end)
    ]


def forecast(used: int, limit: int | None, start: datetime, end: datetime) -> Forecast:
    """A straight line through the use so far; nothing is foretold in the first day."""
    now = timezone.now()
    seconds = (now - start).total_seconds()
    if seconds < 86_400 or used == 0:
        return Forecast(used, None)
    pace = used / seconds
    expected = math.ceil(pace * (end - start).total_seconds())
    if limit is None or expected <= limit:
        return Forecast(expected, None)
    return Forecast(expected, (start + timedelta(seconds=limit / pace)).date())


def shares(customer: Customer, period_start: datetime) -> list[Share]:
    """One row a bot and channel, the busiest first; one statement."""
    rows = UsageLog.objects.for_customer(customer).filter(period_start=period_start).order_by()
    sums = rows.values_list("chatbot__name", "channel", "type").annotate(Sum("quantity"))
    table: dict[tuple[str, str], dict[str, int]] = {}
    for name, channel, unit, quantity in sums:
        table.setdefault((name or "", channel), {})[unit] = quantity
    found = [_share(name, channel, units) for (name, channel), units in table.items()]
    return sorted(found, key=lambda share: (-share.answers, share.chatbot, share.channel))


def csv_lines(customer: Customer, period_start: datetime) -> Iterator[str]:
    """The period's ledger, a line at a time, with nothing in it that a table program would run."""
    writer = csv.writer(_Echo())
    yield str(writer.writerow(_headings()))
    rows = (
        UsageLog.objects.for_customer(customer).filter(period_start=period_start).order_by("created_at", "id")
    )
    for row in rows.values_list(*CSV_COLUMNS).iterator(chunk_size=500):
        yield str(writer.writerow([_cell(value) for value in row]))


def _headings() -> Sequence[str]:
    return (
        _("Time"),
        _("Unit"),
        _("Quantity"),
        _("Bot"),
        _("Channel"),
        _("Provider"),
        _("Model"),
        _("Tokens in"),
        _("Tokens out"),
        _("Cost in millionths"),
        _("Currency"),
        _("Message"),
    )


def _cell(value: object) -> str:
    """Text that begins like a formula is quoted, also after blanks."""
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def _share(name: str, channel: str, units: dict[str, int]) -> Share:
    return Share(
        chatbot=name,
        channel=channel,
        answers=units.get(UsageType.MESSAGE, 0),
        ai_requests=units.get(UsageType.AI_REQUEST, 0),
        whatsapp_messages=units.get(UsageType.WHATSAPP_MESSAGE, 0),
    )


def _dates(start: datetime, end: datetime) -> Iterator[date]:
    first = start.astimezone(UTC).date()
    last = (end - timedelta(microseconds=1)).astimezone(UTC).date()
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line

"""Decides the figures of the overview: what happened day by day in a period, and in the one before it.

Called by conversations.overview_views. All days are days in UTC; a conversation counts on the day it began,
and so does everything said in it, so that each number opens the conversations behind it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Min, OuterRef, Q, Subquery, Value
from django.db.models.expressions import ExpressionWrapper
from django.db.models.functions import Coalesce, Floor, Least, TruncDate

from accounts.models import Customer
from chatbots.models import Chatbot, ChatbotVersion
from conversations.models import (
    AuthorKind,
    Conversation,
    Message,
    MessageRole,
    MessageState,
    RefusalCause,
)
from conversations.querysets import ConversationQuerySet, MessageQuerySet

BUCKET_MS = 20
LONGEST_MS = 60_000
GAPS_READ = 300
UNANSWERED = (RefusalCause.NOTHING_FOUND, RefusalCause.LOW_SUPPORT, RefusalCause.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days up to and with today, and as many before them."""

    days: int
    today: date

    @property
    def first(self) -> date:
        return self.today - timedelta(days=self.days - 1)

    @property
    def since(self) -> datetime:
        """The beginning of the period before."""
        return datetime.combine(self.first - timedelta(days=self.days), time.min, tzinfo=UTC)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.today + timedelta(days=1), time.min, tzinfo=UTC)

    @property
    def all_days(self) -> list[date]:
        """Both periods, oldest first; the second half is the period itself."""
        start = self.first - timedelta(days=self.days)
        return [start + timedelta(days=number) for number in range(2 * self.days)]


@dataclass(slots=True)
class Day:
    """What began on one day and what came of it."""

    conversations: int = 0
    handed: int = 0
    answers: int = 0
    refused: int = 0
    helpful: int = 0
    unhelpful: int = 0
    first_words: Counter[int] | None = None  # bucket of BUCKET_MS → answers


@dataclass(frozen=True, slots=True)
class ChannelShare:
    channel: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Figures:
    before: list[Day]
    now: list[Day]
    channels: list[ChannelShare]


@dataclass(frozen=True, slots=True)
class Queue:
    """The conversations that wait for a person, and since when the longest does."""

    waiting: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the bot could not answer, and how often it was asked."""

    question: str
    locale: str
    times: int
    is_handed: bool
    conversation: str


def begun(customer: Customer, chatbot: Chatbot | None, period: Period) -> ConversationQuerySet:
    """The real conversations that began in the two periods, of one bot or of all."""
    found = Conversation.objects.for_customer(customer).real()
    found = found.filter(last_message_at__isnull=False).started_between(period.since, period.until)
    return found.filter(chatbot=chatbot) if chatbot else found


def figures(customer: Customer, chatbot: Chatbot | None, period: Period) -> Figures:
    """Three statements, whatever the number of conversations."""
    days: dict[date, Day] = {day: Day(first_words=Counter()) for day in period.all_days}
    channels = _count_conversations(begun(customer, chatbot, period), days, period)
    answers = _answers(customer, chatbot, period)
    _count_answers(answers, days)
    _count_first_words(answers, days)
    ordered = list(days.values())
    return Figures(before=ordered[: period.days], now=ordered[period.days :], channels=channels)


def _count_conversations(
    found: ConversationQuerySet, days: dict[date, Day], period: Period
) -> list[ChannelShare]:
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    rows = (
        found.annotate(day=TruncDate("created_at", tzinfo=UTC))
        .order_by()
        .values("day", "channel")
        .annotate(number=Count("pk"), handed=Count("pk", filter=Q(handover_at__isnull=False)))
    )
    for row in rows:
        day = days[row["day"]]
        day.conversations += row["number"]
        day.handed += row["handed"]
        (now if row["day"] >= period.first else before)[row["channel"]] += row["number"]
    names = sorted({*now, *before}, key=lambda name: (-now[name], name))
    return [ChannelShare(channel=name, now=now[name], before=before[name]) for name in names]


def _answers(customer: Customer, chatbot: Chatbot | None, period: Period) -> MessageQuerySet:
    found = Message.objects.for_customer(customer).filter(
        author_kind=AuthorKind.BOT,
        conversation__is_preview=False,
        conversation__created_at__gte=period.since,
        conversation__created_at__lt=period.until,
    )
    if chatbot:
        found = found.filter(conversation__chatbot=chatbot)
    return found.order_by()


def _by_day(answers: MessageQuerySet) -> Any:
    """The answers with the day on which their conversation began."""
    return answers.annotate(day=TruncDate("conversation__created_at", tzinfo=UTC))


def _count_answers(answers: MessageQuerySet, days: dict[date, Day]) -> None:
    rows = (
        _by_day(answers)
        .values("day")
        .annotate(
            all=Count("pk", filter=~Q(state=MessageState.RUNNING)),
            failed=Count("pk", filter=Q(state=MessageState.FAILED) | Q(refusal_cause__gt="")),
            helpful=Count("pk", filter=Q(feedback=1)),
            unhelpful=Count("pk", filter=Q(feedback=-1)),
        )
    )
    for row in rows:
        day = days[row["day"]]
        day.answers, day.refused = row["all"], row["failed"]
        day.helpful, day.unhelpful = row["helpful"], row["unhelpful"]


def _count_first_words(answers: MessageQuerySet, days: dict[date, Day]) -> None:
    """A histogram a day: a median without reading every row, on every database."""
    waited = Coalesce(F("first_token_ms"), F("total_ms"))
    bucket = ExpressionWrapper(
        Least(waited, Value(LONGEST_MS)) / Value(float(BUCKET_MS)), output_field=FloatField()
    )
    rows = (
        _by_day(answers)
        .filter(Q(first_token_ms__isnull=False) | Q(total_ms__isnull=False), refusal_cause="")
        .annotate(bucket=Floor(bucket))
        .values("day", "bucket")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        histogram = days[row["day"]].first_words
        if histogram is not None:
            histogram[int(row["bucket"])] += row["number"]


def median_ms(days: Sequence[Day]) -> float | None:
    """The middle of a bucket in which half of the answers of these days had begun."""
    total: Counter[int] = Counter()
    for day in days:
        total.update(day.first_words or {})
    half = total.total() / 2
    passed = 0
    for bucket in sorted(total):
        passed += total[bucket]
        if passed >= half:
            return (bucket + 0.5) * BUCKET_MS
    return None


def published(customer: Customer, chatbot: Chatbot | None, period: Period) -> dict[date, int]:
    """The newest version that went live on each day of the period."""
    versions = ChatbotVersion.objects.for_customer(customer).filter(
        created_at__gte=datetime.combine(period.first, time.min, tzinfo=UTC)
    )
    if chatbot:
        versions = versions.filter(chatbot=chatbot)
    rows = versions.order_by("created_at").values_list("created_at", "number")
    return {at.astimezone(UTC).date(): number for at, number in rows}


def queue(customer: Customer) -> Queue:
    waiting = Conversation.objects.for_customer(customer).real().waiting()
    row = waiting.aggregate(number=Count("pk"), since=Min("handover_at"))
    return Queue(waiting=row["number"], since=row["since"])


def recent(customer: Customer, chatbot: Chatbot | None = None, limit: int = 6) -> list[Conversation]:
    found = Conversation.objects.for_customer(customer).real().for_list()
    found = found.filter(last_message_at__isnull=False)
    if chatbot:
        found = found.filter(chatbot=chatbot)
    return list(found.order_by("-last_message_at", "-public_id")[:limit])


def gaps(customer: Customer, chatbot: Chatbot | None, period: Period, limit: int = 7) -> list[Gap]:
    """The newest unanswered questions of the period, alike ones together, the most asked first."""
    earlier = Message.objects.filter(
        conversation=OuterRef("conversation"), role=MessageRole.USER, sequence__lt=OuterRef("sequence")
    ).order_by("-sequence")
    rows = (
        _answers(customer, chatbot, period)
        .filter(
            refusal_cause__in=UNANSWERED,
            conversation__created_at__gte=datetime.combine(period.first, time.min, tzinfo=UTC),
        )
        .annotate(question=Subquery(earlier.values("content")[:1]))
        .order_by("-created_at")
        .values("question", "conversation__locale", "conversation__public_id", "conversation__handover_at")
    )[:GAPS_READ]
    return _grouped(rows)[:limit]


def _grouped(rows: Iterable[Any]) -> list[Gap]:
    newest: dict[str, Any] = {}
    times: Counter[str] = Counter()
    for row in rows:
        key = _folded(row["question"] or "")
        if key:
            newest.setdefault(key, row)
            times[key] += 1
    return [
        Gap(
            question=newest[key]["question"],
            locale=newest[key]["conversation__locale"],
            times=number,
            is_handed=newest[key]["conversation__handover_at"] is not None,
            conversation=newest[key]["conversation__public_id"],
        )
        for key, number in times.most_common()
    ]


def _folded(question: str) -> str:
    """The words alone: case, accents of composition and punctuation do not make another question."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", question).casefold()))

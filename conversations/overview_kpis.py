"""Decides how the overview's figures are said: five key figures, their change, and the chart of one of them.

Called by conversations.overview_views; pure, it only formats what conversations.overview has counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.overview import Day, Figures, Period, median_ms
from usage.charts import Figure, LineChart, Spark, line_chart, spark

SPARK_POINTS = 14
Measure = Callable[[Sequence[Day]], float | None]


class Kind(StrEnum):
    COUNT = "count"
    RATE = "rate"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Metric:
    """One key figure: how it is measured, whether more of it is better, and the list filter behind it."""

    key: str
    label: Promise
    chart_title: Promise
    kind: Kind
    measure: Measure
    is_more_better: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    key: str
    label: str
    value: str
    change: str
    before: str
    direction: str
    good: bool
    bad: bool
    spark: Spark | None
    outcome: str


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _answered(days: Sequence[Day]) -> float | None:
    answers = sum(day.answers for day in days)
    return _share(answers - sum(day.refused for day in days), answers)


def _helpful(days: Sequence[Day]) -> float | None:
    helpful = sum(day.helpful for day in days)
    return _share(helpful, helpful + sum(day.unhelpful for day in days))


def _seconds(days: Sequence[Day]) -> float | None:
    milliseconds = median_ms(days)
    return None if milliseconds is None else milliseconds / 1000


METRICS = (
    Metric(
        "conversations",
        gettext_lazy("Conversations"),
        gettext_lazy("Conversations a day"),
        Kind.COUNT,
        lambda days: sum(day.conversations for day in days),
        True,
        "",
    ),
    Metric(
        "answered",
        gettext_lazy("Answered by the bot"),
        gettext_lazy("Questions answered by the bot, in per cent"),
        Kind.RATE,
        _answered,
        True,
        "answered",
    ),
    Metric(
        "first_answer",
        gettext_lazy("First answer, median"),
        gettext_lazy("Seconds until the first words, median"),
        Kind.SECONDS,
        _seconds,
        False,
        "answered",
    ),
    Metric(
        "handed",
        gettext_lazy("Handed to a person"),
        gettext_lazy("Conversations handed to a person a day"),
        Kind.COUNT,
        lambda days: sum(day.handed for day in days),
        False,
        "handed",
    ),
    Metric(
        "helpful",
        gettext_lazy("Rated helpful"),
        gettext_lazy("Answers rated helpful, in per cent"),
        Kind.RATE,
        _helpful,
        True,
        "helpful",
    ),
)
BY_KEY = {metric.key: metric for metric in METRICS}


def key_figures(figures: Figures) -> list[KeyFigure]:
    return [_key_figure(metric, figures) for metric in METRICS]


def _key_figure(metric: Metric, figures: Figures) -> KeyFigure:
    now, before = metric.measure(figures.now), metric.measure(figures.before)
    change = _change(metric.kind, now, before)
    difference = 0 if now is None or before is None or not change else now - before
    is_better = (difference > 0) == metric.is_more_better
    return KeyFigure(
        key=metric.key,
        label=str(metric.label),
        value=said(metric.kind, now),
        change=change,
        before=said(metric.kind, before) if before is not None else "",
        direction=("arrow-up" if difference > 0 else "arrow-down") if difference else "",
        good=bool(difference) and is_better,
        bad=bool(difference) and not is_better,
        spark=spark(_series(metric, figures.now)[-SPARK_POINTS:]),
        outcome=metric.outcome,
    )


def said(kind: Kind, value: float | None) -> str:
    """A figure with its unit; a dash where nothing was measured."""
    if value is None:
        return "–"
    if kind == Kind.COUNT:
        return number_format(round(value), use_l10n=True, force_grouping=True)
    if kind == Kind.RATE:
        return _("%(value)s %%") % {"value": number_format(round(value, 1), 1)}
    return _("%(value)s s") % {"value": number_format(value, 2 if value < 1 else 1)}


def _change(kind: Kind, now: float | None, before: float | None) -> str:
    """The difference to the period before, signed; empty where there is nothing to compare with."""
    if now is None or not before:
        return ""
    difference = now - before
    if kind == Kind.COUNT:
        return _("%(value)s %%") % {"value": _signed(100 * difference / before, 1)}
    if kind == Kind.RATE:
        return _("%(value)s pts") % {"value": _signed(difference, 1)}
    return _("%(value)s s") % {"value": _signed(difference, 2 if abs(difference) < 0.1 else 1)}


def change_of_count(now: int, before: int) -> str:
    return _change(Kind.COUNT, now, before)


def _signed(value: float, places: int) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + number_format(round(abs(value), places), places, force_grouping=True)


def _series(metric: Metric, days: Sequence[Day]) -> list[float]:
    """One value a day; a rate on a day without answers keeps the value of the day before."""
    values: list[float] = []
    for day in days:
        value = metric.measure([day])
        values.append(value if value is not None else values[-1] if values else 0.0)
    return values


def chart(metric: Metric, figures: Figures, period: Period, versions: dict[date, int]) -> LineChart:
    now, before = _series(metric, figures.now), _series(metric, figures.before)
    days = period.all_days[period.days :]
    points = [
        Figure(
            label=date_format(day, "j M"),
            long_label=date_format(day, "D j M"),
            value=value,
            before=earlier,
            flag=_("Version %(number)d live") % {"number": versions[day]} if day in versions else "",
        )
        for day, value, earlier in zip(days, now, before, strict=True)
    ]
    first, last = date_format(period.first, "j M"), date_format(period.today, "j M")
    return line_chart(
        points,
        title=str(metric.chart_title),
        summary=_summary(metric, now, days),
        series_name=f"{first} – {last}",
        before_name=_("%(days)d days before") % {"days": period.days},
        format_value=lambda value: _tick(metric.kind, value),
        whole_numbers=metric.kind == Kind.COUNT,
    )


def _summary(metric: Metric, values: list[float], days: list[date]) -> str:
    highest = max(range(len(values)), key=values.__getitem__)
    return _("Between %(low)s and %(high)s, highest on %(day)s.") % {
        "low": said(metric.kind, min(values)),
        "high": said(metric.kind, values[highest]),
        "day": date_format(days[highest], "j F"),
    }


def _tick(kind: Kind, value: float) -> str:
    if kind == Kind.COUNT:
        return number_format(round(value), force_grouping=True)
    return number_format(value, 0 if value == round(value) else 2 if value < 1 else 1)

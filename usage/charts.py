"""Decides how figures become SVG paths, ticks and labels; pure arithmetic, no request, no database.

Called by the views that draw a chart and handed whole to components/_chart_line.html, _chart_bars.html and _spark.html.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

PLOT_SIZE = 100.0
SPARK_WIDTH, SPARK_HEIGHT = 80.0, 24.0
SPARK_INSET_X, SPARK_INSET_Y = 2.0, 3.0
GRID_LINES_WANTED = 4
WIDE_TICKS_EVERY = 7
SMALLEST_SHOWN = 1e-9
NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Formatter = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a chart: a day, its value and, where there is one, the value of the period before."""

    label: str
    value: float
    before: float | None = None
    long_label: str = ""
    flag: str = ""
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    top: float
    step: float

    @property
    def values(self) -> tuple[float, ...]:
        """From the top down to zero, as the labels stand on the page."""
        count = round(self.top / self.step)
        return tuple(self.step * index for index in range(count, -1, -1))


@dataclass(frozen=True, slots=True)
class Column:
    """What the page shows of one figure: the tooltip, the table row, the flag and the tick below the plot."""

    label: str
    long_label: str
    value: str
    before: str
    flag: str
    tick: str
    is_tick_wide_only: bool
    is_late: bool
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    title: str
    summary: str
    series_name: str
    before_name: str
    ticks: tuple[str, ...]
    grid_path: str
    line_path: str
    area_path: str
    before_path: str
    end_path: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    title: str
    summary: str
    series_name: str
    estimate_name: str
    ticks: tuple[str, ...]
    grid_path: str
    bars: tuple[Bar, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Spark:
    path: str
    end_x: str
    end_y: str


def format_whole(value: float) -> str:
    return f"{value:,.0f}"


def nice_axis(highest: float, *, whole_numbers: bool = True) -> Axis:
    """A zero-based axis of four or five lines whose step is 1, 2, 2.5 or 5 times a power of ten."""
    if highest < SMALLEST_SHOWN or not math.isfinite(highest):
        return Axis(top=4.0, step=1.0)
    raw_step = highest / GRID_LINES_WANTED
    magnitude = 10 ** math.floor(math.log10(raw_step))
    step = next(nice * magnitude for nice in NICE_STEPS if nice * magnitude >= raw_step * 0.999999)
    if whole_numbers:
        step = max(1.0, float(math.ceil(step)))
    return Axis(top=step * math.ceil(highest / step - 1e-9), step=step)


def line_path(values: Sequence[float], top: float) -> str:
    """The line through the middle of each column, in a box of 100 by 100 with zero at the bottom."""
    points = _points(values, top)
    if not points:
        return ""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def area_path(values: Sequence[float], top: float) -> str:
    points = _points(values, top)
    if not points:
        return ""
    first, last = _short(points[0][0]), _short(points[-1][0])
    return f"{line_path(values, top)}L{last} 100L{first} 100Z"


def grid_path(axis: Axis) -> str:
    """Every grid line but zero, which the page draws as the axis."""
    lines = (PLOT_SIZE * (1 - value / axis.top) for value in axis.values[:-1])
    return "".join(f"M0 {_short(y)}H100" for y in lines)


def spark(values: Sequence[float]) -> Spark | None:
    """A small line over its own range; a single value or none draws nothing."""
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    span = high - low
    step = (SPARK_WIDTH - 2 * SPARK_INSET_X) / (len(values) - 1)
    room = SPARK_HEIGHT - 2 * SPARK_INSET_Y
    points = [
        (SPARK_INSET_X + step * index, SPARK_INSET_Y + room * ((high - value) / span if span else 0.5))
        for index, value in enumerate(values)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Spark(path=path, end_x=f"{points[-1][0]:.1f}", end_y=f"{points[-1][1]:.1f}")


def line_chart(
    figures: Sequence[Figure],
    *,
    title: str,
    summary: str,
    series_name: str,
    before_name: str = "",
    format_value: Formatter = format_whole,
    whole_numbers: bool = True,
) -> LineChart:
    """A chart ready for the page. `summary` is the sentence a screen reader hears: it says the finding."""
    values = [figure.value for figure in figures]
    befores = [figure.before for figure in figures if figure.before is not None]
    has_before = bool(figures) and len(befores) == len(figures)
    axis = nice_axis(max([*values, *befores], default=0), whole_numbers=whole_numbers)
    return LineChart(
        title=title,
        summary=summary,
        series_name=series_name,
        before_name=before_name if has_before else "",
        ticks=tuple(format_value(value) for value in axis.values),
        grid_path=grid_path(axis),
        line_path=line_path(values, axis.top),
        area_path=area_path(values, axis.top),
        before_path=line_path(befores, axis.top) if has_before else "",
        end_path=_end_path(values, axis.top),
        columns=_columns(figures, format_value),
    )


def bar_chart(
    figures: Sequence[Figure],
    *,
    title: str,
    summary: str,
    series_name: str,
    estimate_name: str = "",
    format_value: Formatter = format_whole,
) -> BarChart:
    """One bar a figure; estimates are drawn pale."""
    axis = nice_axis(max((figure.value for figure in figures), default=0))
    has_estimate = any(figure.is_estimate for figure in figures)
    return BarChart(
        title=title,
        summary=summary,
        series_name=series_name,
        estimate_name=estimate_name if has_estimate else "",
        ticks=tuple(format_value(value) for value in axis.values),
        grid_path=grid_path(axis),
        bars=tuple(_bar(index, figure, len(figures), axis.top) for index, figure in enumerate(figures)),
        columns=_columns(figures, format_value),
    )


def _points(values: Sequence[float], top: float) -> list[tuple[float, float]]:
    width = PLOT_SIZE / len(values) if values else 0.0
    return [(width * (index + 0.5), PLOT_SIZE * (1 - value / top)) for index, value in enumerate(values)]


def _end_path(values: Sequence[float], top: float) -> str:
    points = _points(values, top)
    return f"M{_short(points[-1][0])} {_short(points[-1][1])}h.01" if points else ""


def _bar(index: int, figure: Figure, count: int, top: float) -> Bar:
    column = PLOT_SIZE / count
    height = PLOT_SIZE * figure.value / top
    return Bar(
        x=_short(column * (index + 0.15)),
        y=_short(PLOT_SIZE - height),
        width=_short(column * 0.7),
        height=_short(height),
        is_estimate=figure.is_estimate,
    )


def _columns(figures: Sequence[Figure], format_value: Formatter) -> tuple[Column, ...]:
    ticks = _ticks(len(figures))
    return tuple(
        Column(
            label=figure.label,
            long_label=figure.long_label or figure.label,
            value=format_value(figure.value),
            before="" if figure.before is None else format_value(figure.before),
            flag=figure.flag,
            tick=figure.label if index in ticks else "",
            is_tick_wide_only=ticks.get(index, False),
            is_late=index >= len(figures) * 0.66,
            is_estimate=figure.is_estimate,
        )
        for index, figure in enumerate(figures)
    )


def _ticks(count: int) -> dict[int, bool]:
    """Index of each labelled column and whether only wide screens have room for it: first, last and weekly between."""
    every = 1 if count <= WIDE_TICKS_EVERY else max(WIDE_TICKS_EVERY, math.ceil(count / 5))
    between = range(every, max(count - every // 2, 0), every)
    ticks = {index: position % 2 == 0 for position, index in enumerate(between)}
    return ticks | {index: False for index in (0, count - 1) if index >= 0}


def _short(value: float) -> str:
    """Two decimals at most, without the zeros that only cost bytes."""
    return f"{value:.2f}".rstrip("0").rstrip(".")

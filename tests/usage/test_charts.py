"""Charts: the paths and labels a page draws from figures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.charts import Figure, area_path, bar_chart, grid_path, line_chart, line_path, nice_axis, spark


@pytest.mark.parametrize(
    ("highest", "top", "step"),
    [
        (192, 200, 50),
        (1, 1, 1),
        (3, 3, 1),
        (7, 8, 2),
        (10, 12, 3),
        (449, 600, 200),
        (8412, 10000, 2500),
    ],
)
def test_axis_starts_at_zero_and_steps_by_round_numbers(highest: float, top: float, step: float) -> None:
    axis = nice_axis(highest)
    assert axis.values[-1] == 0
    assert axis.top == pytest.approx(top)
    assert axis.step == pytest.approx(step)


@pytest.mark.parametrize("highest", [0, -5, 5e-324, float("nan"), float("inf")])
def test_axis_of_nothing_is_still_an_axis(highest: float) -> None:
    assert nice_axis(highest).values == (4.0, 3.0, 2.0, 1.0, 0.0)


def test_axis_keeps_fractions_where_asked() -> None:
    assert nice_axis(0.9, whole_numbers=False).step == pytest.approx(0.25)


@given(st.floats(min_value=0.001, max_value=1e12))
def test_axis_covers_the_highest_value_with_few_lines(highest: float) -> None:
    axis = nice_axis(highest, whole_numbers=False)
    assert axis.top >= highest * 0.999999
    assert 2 <= len(axis.values) <= 6


def test_line_runs_through_the_middle_of_each_column() -> None:
    assert line_path([0, 50, 100], 100) == "M16.67 100L50 50L83.33 0"
    assert area_path([0, 100], 100) == "M25 100L75 0L75 100L25 100Z"


def test_empty_series_draw_nothing() -> None:
    chart = line_chart([], title="Answers", summary="None yet", series_name="Answers")
    assert (chart.line_path, chart.area_path, chart.before_path, chart.end_path) == ("", "", "", "")
    assert chart.columns == ()


def test_grid_leaves_zero_to_the_axis() -> None:
    assert grid_path(nice_axis(192)) == "M0 0H100M0 25H100M0 50H100M0 75H100"


def test_line_chart_carries_both_periods() -> None:
    figures = [Figure(label=f"{day} Nov", value=day, before=day - 1) for day in range(1, 29)]
    chart = line_chart(
        figures, title="Answers", summary="Rising", series_name="November", before_name="October"
    )
    assert chart.before_name == "October"
    assert chart.before_path.startswith("M1.79 ")
    assert next(column.tick for column in chart.columns if column.tick) == "1 Nov"
    assert chart.columns[-1].tick == "28 Nov"
    assert chart.columns[-1].is_late
    assert not chart.columns[0].is_late


def test_period_before_is_left_out_when_a_day_of_it_is_missing() -> None:
    figures = [Figure(label="1 Nov", value=3, before=2), Figure(label="2 Nov", value=4)]
    chart = line_chart(figures, title="Answers", summary="", series_name="November", before_name="October")
    assert chart.before_path == ""
    assert chart.before_name == ""
    assert chart.columns[1].before == ""


def test_bars_stand_on_zero_and_mark_estimates() -> None:
    figures = [Figure(label="1", value=2), Figure(label="2", value=4, is_estimate=True)]
    chart = bar_chart(figures, title="Answers", summary="", series_name="Answers", estimate_name="Estimate")
    assert [bar.height for bar in chart.bars] == ["50", "100"]
    assert [bar.y for bar in chart.bars] == ["50", "0"]
    assert [bar.is_estimate for bar in chart.bars] == [False, True]
    assert chart.estimate_name == "Estimate"


def test_spark_of_a_level_series_is_a_middle_line() -> None:
    level = spark([5, 5, 5])
    assert level is not None
    assert level.path == "M2.0 12.0L40.0 12.0L78.0 12.0"
    assert spark([5]) is None
    assert spark([]) is None


@given(st.lists(st.floats(min_value=0, max_value=1e9), min_size=1, max_size=90))
def test_every_number_of_a_path_stays_inside_the_plot(values: list[float]) -> None:
    top = nice_axis(max(values), whole_numbers=False).top
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", line_path(values, top))]
    assert all(-0.01 <= number <= 100.01 for number in numbers)

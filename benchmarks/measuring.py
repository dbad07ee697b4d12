"""Medians, CPU time of a process, and the table that a benchmark prints."""

import os
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TextIO

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its goal; `value` is in the goal's unit."""

    name: str
    value: float
    goal: float
    unit: str
    detail: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.goal


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def middle(values: list[float]) -> float:
    return median(values)


def print_table(figures: list[Figure], out: TextIO) -> None:
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        verdict = "met" if figure.is_met else "NOT MET"
        print(
            f"{figure.name:<{width}}  {figure.value:8.2f} {figure.unit:<4} goal ≤ {figure.goal:g}  {verdict:<7}"
            f"  {figure.detail}",
            file=out,
        )

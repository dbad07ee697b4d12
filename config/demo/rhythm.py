"""Decides when the demo's conversations began: busy on working days, quiet at night, a little more each week.

Pure; called by config.demo.history.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

# Monday to Sunday.
WEEKDAY_WEIGHTS = (1.1, 1.2, 1.15, 1.1, 1.0, 0.65, 0.5)
# By hour of the visitor's day.
HOUR_WEIGHTS = (1, 0, 0, 0, 0, 1, 2, 5, 9, 12, 14, 13, 10, 11, 12, 13, 12, 10, 9, 10, 12, 10, 6, 3)
GROWTH = 0.6  # the last day is busier than the first by this share
YOUNGEST = timedelta(minutes=20)


def moments(now: datetime, count: int, days: int, random: Random) -> list[datetime]:
    """`count` moments within the last `days`, ascending, the newest some minutes before now."""
    weights = [_day_weight(now, age, days) for age in range(days)]
    found: list[datetime] = []
    while len(found) < count:
        age = random.choices(range(days), weights)[0]
        moment = _moment(now - timedelta(days=age), random)
        if moment <= now - YOUNGEST:
            found.append(moment)
    return sorted(found)


def _day_weight(now: datetime, age: int, days: int) -> float:
    weekday = (now - timedelta(days=age)).weekday()
    return WEEKDAY_WEIGHTS[weekday] * (1 + GROWTH * (days - age) / days)


def _moment(day: datetime, random: Random) -> datetime:
    hour = random.choices(range(24), HOUR_WEIGHTS)[0]
    return day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0)

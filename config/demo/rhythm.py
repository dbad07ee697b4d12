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
    ages = random.choices(range(days), weights, k=count // 3)
    ages += _shared_out(weights, count - len(ages))
    return sorted(_moment(now, age, random) for age in ages)


def _shared_out(weights: list[float], count: int) -> list[int]:
    """Days in proportion to their weights, without chance."""
    share = sum(weights) / count
    found: list[int] = []
    passed = 0.0
    for age, weight in enumerate(weights):
        passed += weight
        while len(found) < count and (len(found) + 0.5) * share <= passed:
            found.append(age)
    return found


def _day_weight(now: datetime, age: int, days: int) -> float:
    weekday = (now - timedelta(days=age)).weekday()
    elapsed = 1.0 if age else (now.hour + 1) / 24
    return WEEKDAY_WEIGHTS[weekday] * (1 + GROWTH * (days - age) / days) * elapsed


def _moment(now: datetime, age: int, random: Random) -> datetime:
    """A moment of that day; on a day that is not yet over, what would lie ahead moves to the night before."""
    hour = random.choices(range(24), HOUR_WEIGHTS)[0]
    day = now - timedelta(days=age)
    moment = day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0)
    return moment if moment <= now - YOUNGEST else moment - timedelta(days=1)

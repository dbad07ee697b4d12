"""The billing anniversary: which period a moment falls into. Days are clamped to the month's length, all in UTC."""

from calendar import monthrange
from datetime import UTC, datetime


def period_at(anchor: datetime, moment: datetime) -> tuple[datetime, datetime]:
    """The monthly period of `anchor` that contains `moment`: [start, end)."""
    anchor, moment = anchor.astimezone(UTC), moment.astimezone(UTC)
    months = (moment.year - anchor.year) * 12 + moment.month - anchor.month
    start = add_months(anchor, months)
    if start > moment:
        months -= 1
        start = add_months(anchor, months)
    return start, add_months(anchor, months + 1)


def add_months(anchor: datetime, months: int) -> datetime:
    """The anchor's day so many months on; the 31st becomes the month's last day."""
    month_index = anchor.month - 1 + months
    year, month = anchor.year + month_index // 12, month_index % 12 + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))

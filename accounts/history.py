"""Decides which audit rows a page shows, newest first, and where the next page begins.

Called by the activity page of the workspace settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime

from accounts import audit
from accounts.models import AuditEntry, Customer

PAGE_SIZE = 50
SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class Row:
    entry: AuditEntry
    action: str
    details: list[tuple[str, str, str]]  # field, before, after


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    older: str
    is_first: bool


def page(customer: Customer, cursor: str = "") -> Page:
    """One page; `older` is the cursor of the next, or empty. One statement."""
    moment, skip = _parse(cursor)
    found = AuditEntry.objects.for_customer(customer).select_related("actor", "acting_for")
    if moment:
        found = found.filter(created_at__lte=moment)
    entries = list(found[skip : skip + PAGE_SIZE + 1])
    shown = entries[:PAGE_SIZE]
    older = _cursor(shown, moment, skip) if len(entries) > PAGE_SIZE else ""
    return Page([_row(entry) for entry in shown], older, is_first=moment is None)


def _row(entry: AuditEntry) -> Row:
    fields = dict.fromkeys([*entry.before, *entry.after])
    details = [
        (name.replace("_", " "), _said(entry.before.get(name)), _said(entry.after.get(name)))
        for name in fields
    ]
    return Row(entry, audit.label(entry.action), details)


def _said(value: object) -> str:
    if value in (None, "", [], {}):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cursor(shown: list[AuditEntry], moment: datetime | None, skip: int) -> str:
    """The last row's time, and how many rows of that very time have been shown."""
    last = shown[-1].created_at
    ties = sum(entry.created_at == last for entry in shown) + (skip if moment == last else 0)
    return f"{last.isoformat()}{SEPARATOR}{ties}"


def _parse(cursor: str) -> tuple[datetime | None, int]:
    text, _separator, ties = cursor.partition(SEPARATOR)
    moment = parse_moment(text)
    if moment is None or not ties.isdecimal() or len(ties) > 6:
        return None, 0
    return moment, int(ties)


def parse_moment(text: str) -> datetime | None:
    """A moment with its zone as a cursor carries it, in UTC; None for anything else, also at the ends of time."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None

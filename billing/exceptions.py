"""What billing refuses, in its own words; edges translate once."""

from datetime import datetime


class QuotaExceeded(Exception):  # noqa: N818 (the house's word for it)
    """A limit of the customer's plan is spent; `resets_at` is None for a limit that no period renews."""

    def __init__(self, unit: str, limit: int, resets_at: datetime | None = None) -> None:
        super().__init__(f"The limit of {limit} {unit} is reached.")
        self.unit = unit
        self.limit = limit
        self.resets_at = resets_at

"""Points of time as records have them."""

from datetime import datetime


def format_timestamp(moment: datetime) -> str:
    """An aware moment as RFC 3339 with numeric offset, to the second.

    UTC is `+00:00`: `2025-10-14T08:30:00+01:00`, `2025-10-14T07:30:00+00:00`.
    """
    return moment.isoformat(timespec="seconds")

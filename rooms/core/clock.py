"""The clock. Tests replace it; nothing else reads the system time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the current time as an aware UTC datetime."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def doubled_offset(local: datetime) -> str:
    """The offset of a time that the clocks show twice, in the night in which they go back: " UTC+2"; else "". web/islands/src/i18n.ts does the same."""
    offset = local.utcoffset()
    if offset is None or offset == local.replace(fold=1 - local.fold).utcoffset():
        return ""
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    return f" UTC{'-' if offset < timedelta() else '+'}{hours}" + (f":{minutes:02}" if minutes else "")

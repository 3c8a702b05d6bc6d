"""What time it is. Tests replace the clock; nothing else asks the system for the time of the world."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment as an aware UTC datetime."""


def system_clock() -> datetime:
    return datetime.now(UTC)

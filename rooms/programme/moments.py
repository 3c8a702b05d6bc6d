"""Reads days and times that people have typed, in the zone of an event."""

from datetime import datetime

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.programme.schedules.schedule import NoSuchMoment, TwoSuchMoments, moment


def typed_moment(typed: str, zone: str, field: str) -> datetime:
    """The UTC moment. Raises Problem "invalid" for the field."""
    try:
        local = datetime.fromisoformat(typed).replace(tzinfo=None, second=0, microsecond=0)
        return moment(local, zone)
    except NoSuchMoment as fault:
        raise Problem(
            "invalid", N_("This time does not exist on that day, because the clocks change."), field=field
        ) from fault
    except TwoSuchMoments as fault:
        raise Problem(
            "invalid",
            N_("This time occurs twice on that day, because the clocks change. Choose another one."),
            field=field,
        ) from fault
    except ValueError as fault:
        raise Problem("invalid", N_("Enter a date and a time, such as 2026-11-20 09:30."), field=field) from fault

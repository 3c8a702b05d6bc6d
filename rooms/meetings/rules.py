"""Permission rules for meetings. The gate checks the invitation (access.py); each action checks that the person is in the call."""

from rooms.core.commands.access import Actor
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.meetings.queries import NO_CALLS
from rooms.people import rules

OVER = N_("This meeting is over.")
NOT_IN_CALL = N_("You are not in this call.")


def invited(actor: Actor) -> None:
    rules.takes_part(actor)


def calls(actor: Actor) -> None:
    """Joining a call: everyone invited, in a room that has calls."""
    if actor.room.kind != "meeting":
        raise Problem("not_found", NO_CALLS, field="room")
    rules.takes_part(actor)

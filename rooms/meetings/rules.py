"""Who may, in a meeting. That he is invited, his visit has shown; that he is in the call, the acts themselves look up."""

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
    """Who may join a call: whoever is invited, in a room that has calls."""
    if actor.room.kind != "meeting":
        raise Problem("not_found", NO_CALLS, field="room")
    rules.takes_part(actor)

"""Breaks of a booth's staff. Nobody is called by someone on a break, and no forecast counts them."""

from typing import Any

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import BOOTH, with_hall
from rooms.exhibition.queue.changes import change_place, pause, publish
from rooms.exhibition.queue.crew import CrewMember, Pause
from rooms.exhibition.queue.crew_messages import EndBreak, TakeBreak
from rooms.exhibition.queue.view import QueueView, read_queue, serving

BREAKS = Rate(20, 60)
FREED: dict[str, Any] = {"called_by": None, "called_by_name": None, "called_at": None, "until": None}


@command(TakeBreak, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_hall, rate=BREAKS)
async def take_break(tx: Transaction, actor: Actor, command: TakeBreak) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    member = member_of(view, actor.known.id)
    current = serving(view, member.person.id)
    if current and command.after:
        await publish(tx, await pause(tx, view, member, Pause(None, command.minutes)))
        return
    for place in current:
        if place.state == "talking":
            raise Problem("conflict", N_("You are in a call. Take your break after it."))
        # Called, but not here yet: they wait at the head of the queue for a colleague. This is no missed call.
        view = await change_place(tx, view, place, state="waiting", **FREED)
    await publish(tx, await pause(tx, view, member, Pause(tx.now, command.minutes)))


@command(EndBreak, kinds=BOOTH, allowed=rules.serves, extra_rooms=with_hall, rate=BREAKS)
async def end_break(tx: Transaction, actor: Actor, command: EndBreak) -> None:
    view = await read_queue(tx.connection, actor.room.subject)
    member = member_of(view, actor.known.id)
    if member.pause is not None:
        await publish(tx, await pause(tx, view, member, None))


def member_of(view: QueueView, person: str) -> CrewMember:
    """Raises Problem "forbidden"."""
    found = next((each for each in view.crew if each.person.id == person), None)
    if found is None:
        raise Problem("forbidden", N_("Only the staff of this booth can do this."))
    return found

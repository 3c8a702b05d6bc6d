"""Reactions to what happens on the stage: a few kinds, counted and shown at once, and kept nowhere."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.commands import Thing, ephemeral
from rooms.errors import Problem
from rooms.forum import queries
from rooms.forum.messages import reactions as m
from rooms.limits import Rate
from rooms.people import rules
from rooms.text import N_
from rooms.visit import Visit


@ephemeral(m.SendReaction, kinds={"session"}, allowed=rules.speaks_up, rate=Rate(15, 5))
async def send_reactions(
    connection: AsyncConnection, given: Sequence[tuple[Visit, m.SendReaction]]
) -> list[Thing | Problem]:
    live = await queries.live_among(connection, {visit.room.subject for visit, _ in given})
    return [
        (m.Reactions.name, reaction.kind.value)
        if visit.room.subject in live
        else Problem("closed", N_("Reactions are open while the session is live."))
        for visit, reaction in given
    ]

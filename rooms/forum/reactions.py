"""Reactions to the stage: a few kinds, counted and shown immediately, never stored."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import CounterKey, ephemeral_command
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.forum import reaction_messages as m
from rooms.people import rules
from rooms.programme.queries import live_among


@ephemeral_command(m.SendReaction, kinds={"session"}, allowed=rules.speaks_up, rate=Rate(15, 5))
async def send_reactions(
    connection: AsyncConnection, commands: Sequence[tuple[Actor, m.SendReaction]]
) -> list[CounterKey | Problem]:
    live = await live_among(connection, {actor.room.subject for actor, _ in commands})
    return [
        (m.Reactions.name, reaction.kind.value)
        if actor.room.subject in live
        else Problem("closed", N_("Reactions are open while the session is live."))
        for actor, reaction in commands
    ]

"""Rounds of short talks for tests: people who are there, in their calls, or gone."""

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.core.ids import new_id
from rooms.meetings.rounds import messages as m
from rooms.meetings.rounds import queries
from rooms.meetings.rounds.running import step
from rooms.meetings.rounds.tables import round_people
from rooms.meetings.tables import call_peers
from tests.support.world import World

FIELDS: dict[str, Any] = {"title": "Meet somebody new", "talk_minutes": 5, "pause_seconds": 60, "talks": 3}


async def set_up(world: World, **changes: Any) -> str:
    """Returns the id of rounds that begin in a minute."""
    said = {**FIELDS, "starts_at": world.clock() + timedelta(minutes=1), **changes}
    done = await world.do("organiser", m.CreateRound(**said), room=world.lobby)
    return msgspec.json.decode(done.reply, type=m.RoundCreated).round


async def enter(world: World, round: str, *people: str) -> None:
    for who in people:
        world.clock.advance(milliseconds=1)
        await world.do(who, m.EnterRound(round), room=world.lobby)


async def pass_time(world: World, round: str, seconds: float, *away: str, absent: bool = False) -> None:
    """Time passes; everyone but those who are `away` is there, and in their call unless `absent`. Then the runner takes a step on each process."""
    world.clock.advance(seconds=seconds)
    gone = [world.people[who] for who in away]
    rp = round_people.c
    async with world.engine.database.write() as connection:
        seen = round_people.update().where(rp.round == round, rp.here, rp.person.not_in(gone))
        await connection.execute(seen.values(seen_at=world.clock()))
    for engine in world.engines:
        await step(engine)
    if not absent:
        await join_calls(world, round, gone)


async def join_calls(world: World, round: str, without: list[str]) -> None:
    """Puts everyone into the call of their talk, as the signaling does."""
    async with world.engine.database.write() as connection:
        row = (await connection.execute(sa.select(queries.rounds).where(queries.r.id == round))).one()
        await connection.execute(call_peers.delete())
        for talk in await queries.talks_of(connection, round, row.number):
            for person in talk.people:
                if person not in without:
                    at = {"joined_at": world.clock(), "seen_at": world.clock()}
                    values = {
                        "peer": new_id(),
                        "meeting": talk.meeting,
                        "person": person,
                        "token": "",
                        "link": new_id(),
                    }
                    await connection.execute(call_peers.insert().values(**values, **at))


async def state_of(world: World, round: str) -> Any:
    async with world.engine.database.read() as connection:
        return (await connection.execute(sa.select(queries.rounds).where(queries.r.id == round))).one()


async def groups(world: World, round: str) -> list[set[str]]:
    """Who is in which talk of the current round, by what they are."""
    names = {id: who for who, id in world.people.items()}
    async with world.engine.database.read() as connection:
        row = await state_of(world, round)
        talks = await queries.talks_of(connection, round, row.number)
    return sorted(({names[person] for person in talk.people} for talk in talks if talk.people), key=sorted)


async def now(world: World, round: str, who: str) -> m.RoundNowView:
    """What the desk of a person shows."""
    view = await world.engine.view(world.people[who], await world.desk(who))
    return view.latest["rounds"][round]

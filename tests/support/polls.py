"""Polls as the tests make and answer them, and what they read of them."""

import msgspec
import sqlalchemy as sa

from rooms.forum.polls import messages as m
from rooms.forum.polls import queries
from rooms.forum.polls.tables import poll_answers
from tests.support.world import World

Kind, Reveal = m.PollKind, m.Reveal
WAYS = ["Left", "Right", "Straight on"]


async def draft(world: World, kind: m.PollKind = Kind.SINGLE, reveal: m.Reveal = Reveal.CLOSED) -> str:
    options = WAYS if kind in {Kind.SINGLE, Kind.MULTIPLE} else []
    drafted = await world.do("moderator", m.DraftPoll(kind, "Which way?", options, reveal))
    return msgspec.json.decode(drafted.reply, type=m.Drafted).poll


async def opened(world: World, kind: m.PollKind = Kind.SINGLE, reveal: m.Reveal = Reveal.CLOSED) -> str:
    poll = await draft(world, kind, reveal)
    await world.do("moderator", m.OpenPoll(poll))
    return poll


async def poll_of(world: World, id: str) -> queries.Poll:
    async with world.engine.database.read() as connection:
        return await queries.poll(connection, world.room, id)


async def rows_of(world: World, id: str) -> int:
    async with world.engine.database.read() as connection:
        select = sa.select(sa.func.count()).where(poll_answers.c.poll == id)
        return (await connection.execute(select)).scalar_one()


def chosen(poll: str, *choices: int) -> m.AnswerPoll:
    return m.AnswerPoll(poll, 1, list(choices))


def said(poll: str, text: str) -> m.AnswerPoll:
    return m.AnswerPoll(poll, 1, text=text)


def texts(counted: list[m.CountedText]) -> dict[str, int]:
    return {each.text: each.count for each in counted}

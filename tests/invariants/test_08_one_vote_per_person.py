"""One vote per person per question, by a unique constraint, not by a check."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.forum.tables import votes
from tests.support.world import World


async def public_question(world: World) -> str:
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    return question


async def test_the_database_itself_refuses_a_second_vote(each_world: World) -> None:
    question = await public_question(each_world)
    vote = votes.insert().values(question=question, person=each_world.people["other"], at=each_world.clock())
    async with each_world.engine.database.write() as connection:
        await connection.execute(vote)
    with pytest.raises(IntegrityError):
        async with each_world.engine.database.write() as connection:
            await connection.execute(vote)


async def test_a_hundred_votes_at_once_from_two_processes_are_one(each_world: World) -> None:
    each_world.lift_limits()
    question = await public_question(each_world)
    await asyncio.gather(*(each_world.do("other", VoteQuestion(question), engine=n % 2) for n in range(100)))
    assert (await each_world.question(question)).votes == 2
    async with each_world.engine.database.read() as connection:
        rows = (await connection.execute(sa.select(votes.c.person).where(votes.c.question == question))).scalars().all()
    assert sorted(rows) == sorted((each_world.people["attendee"], each_world.people["other"]))

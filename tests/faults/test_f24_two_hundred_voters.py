"""F24: 200 voters at once on two processes: the count is the number of distinct identities. S25 and S26: one identity, however many tabs."""

import asyncio
from random import Random

import sqlalchemy as sa

from rooms.core.ids import new_id
from rooms.core.store.tables import persons
from rooms.forum.questions.messages import UnvoteQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, MergeQuestion, UnmergeQuestion
from rooms.forum.tables import votes
from tests.support.clients import enter
from tests.support.waiting import settled
from tests.support.world import World

VOTERS = 200


async def populate(world: World) -> list[str]:
    names = [f"voter {n}" for n in range(VOTERS)]
    rows = [
        {"id": new_id(), "name": name, "kind": "guest", "calendar_key": new_id(), "created_at": world.clock()}
        for name in names
    ]
    async with world.engine.database.write() as connection:
        await connection.execute(persons.insert(), rows)
    world.people |= {row["name"]: row["id"] for row in rows}
    return names


async def distinct_voters(world: World, question: str) -> int:
    async with world.engine.database.read() as connection:
        select = sa.select(sa.func.count(votes.c.person.distinct())).where(votes.c.question == question)
        return (await connection.execute(select)).scalar_one()


async def test_two_hundred_voters_and_some_of_them_twice(each_world: World) -> None:
    names = await populate(each_world)
    question = await each_world.ask()
    await each_world.do("moderator", ApproveQuestion(question, 1))
    clients = [await enter(each_world, who, engine=engine) for who in (None, "moderator") for engine in (0, 1)]
    ballots = names + names[:80]
    Random(1).shuffle(ballots)
    await asyncio.gather(*(each_world.do(who, VoteQuestion(question), engine=n % 2) for n, who in enumerate(ballots)))
    assert (await each_world.question(question)).votes == VOTERS + 1 == await distinct_voters(each_world, question)
    await settled(*each_world.engines)
    for client in clients:
        await client.verify()
        assert client.state["latest"]["votes"] == {question: VOTERS + 1}


async def test_votes_and_second_thoughts_while_moderators_merge_and_unmerge(each_world: World) -> None:
    each_world.lift_limits()
    names = await populate(each_world)
    target, duplicate = await each_world.ask("Why?"), await each_world.ask("Why so?", "other")
    for question in (target, duplicate):
        await each_world.do("moderator", ApproveQuestion(question, 1))

    async def vote(n: int, who: str) -> None:
        await each_world.do(who, VoteQuestion(target if n % 2 else duplicate), engine=n % 2)
        if n % 5 == 0:
            await each_world.do(who, UnvoteQuestion(target if n % 2 else duplicate), engine=(n + 1) % 2)

    async def merge() -> None:
        for engine in (0, 1):
            await each_world.do(
                "moderator", MergeQuestion(duplicate, await version(each_world, duplicate), target), engine=engine
            )
            await asyncio.sleep(0.02)
            await each_world.do(
                "moderator", UnmergeQuestion(duplicate, await version(each_world, duplicate)), engine=engine
            )

    await asyncio.gather(merge(), *(vote(n, who) for n, who in enumerate(names)))
    for question in (target, duplicate):
        assert (await each_world.question(question)).votes == await distinct_voters(each_world, question)
    await each_world.do("moderator", MergeQuestion(duplicate, await version(each_world, duplicate), target))
    async with each_world.engine.database.read() as connection:
        united = (await connection.execute(sa.select(sa.func.count(votes.c.person.distinct())))).scalar_one()
    assert (await each_world.question(target)).votes == united
    client = await enter(each_world, names[1], engine=1)
    await client.verify()


async def version(world: World, question: str) -> int:
    return (await world.question(question)).version


async def test_s26_a_second_tab_and_a_new_sign_in_are_the_same_identity(each_world: World) -> None:
    question = await each_world.ask()
    await each_world.do("moderator", ApproveQuestion(question, 1))
    for engine in (0, 1):  # another tab, on another process; each joins, votes, leaves and joins again
        for _ in range(2):
            client = await enter(each_world, "other", engine=engine)
            await each_world.do("other", VoteQuestion(question), engine=engine)
            each_world.engines[engine].hub.leave(client.member)
    assert (await each_world.question(question)).votes == 2
    # Somebody else is somebody else.
    await each_world.do("guest", VoteQuestion(question), engine=1)
    assert (await each_world.question(question)).votes == 3

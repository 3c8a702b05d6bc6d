"""Tables are the truth about the world, the journal is the truth about delivery: pruning it loses nothing, and erasing a person blanks old payloads."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.core.store import journal
from rooms.core.store.tables import outcomes
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.clients import audience, enter
from tests.support.waiting import settled
from tests.support.world import World

NOTHING = timedelta(0)


async def life(world: World) -> None:
    world.lift_limits()
    for n in range(4):
        question = await world.ask(f"Why {n}?")
        await world.do("moderator", ApproveQuestion(question, 1))
        await world.do("other", VoteQuestion(question))
        await world.do("other", PostMessage(f"{n}"))


async def recorded(world: World, room: str) -> list[int]:
    async with world.engine.database.read() as connection:
        return [entry.seq for entry in await journal.read_after(connection, room, 0)]


async def test_pruning_everything_changes_no_view(each_world: World) -> None:
    await life(each_world)
    spectators = await audience(each_world)
    far = await enter(each_world, "other", engine=1)
    before = {client: await client.truth() for client in spectators.clients}
    each_world.clock.advance(seconds=1)
    assert await each_world.engine.prune(NOTHING) > 10
    assert await recorded(each_world, each_world.room) == []
    assert {client: await client.truth() for client in spectators.clients} == before
    await life(each_world)
    await spectators.verify()
    await far.verify()
    assert (await recorded(each_world, each_world.room))[0] == far.sink.joined["seq"] + 1, "numbers go on"
    assert far.snapshots == 1, "those who were there noticed nothing"


async def test_only_what_is_old_is_pruned(world: World) -> None:
    await life(world)
    old = await recorded(world, world.room)
    world.clock.advance(days=3)
    await life(world)
    await world.engine.prune(timedelta(days=2))
    left = await recorded(world, world.room)
    assert left[0] == old[-1] + 1
    async with world.engine.database.read() as connection:
        row = await journal.find_room(connection, world.room)
    assert row is not None
    assert (row.floor, row.seq) == (old[-1], left[-1])


async def test_a_process_that_missed_what_was_pruned_gives_its_members_a_snapshot(world_of_two: World) -> None:
    client = await enter(world_of_two, None, engine=1)
    world_of_two.engines[1].hub._receive = lambda nudge: None  # deaf to the bus
    await life(world_of_two)
    world_of_two.clock.advance(seconds=1)
    await world_of_two.engine.prune(NOTHING)
    del world_of_two.engines[1].hub._receive
    assert client.catch_up().types == []
    await world_of_two.engines[1].hub.reconcile()
    await settled(world_of_two.engines[1])
    await client.verify()
    assert client.snapshots == 2


async def test_outcomes_are_kept_longer_than_any_retry(world: World) -> None:
    await world.do("attendee", PostMessage("Hello"), key="early")
    world.clock.advance(days=1)
    await world.engine.prune(NOTHING)
    assert (await world.do("attendee", PostMessage("Hello"), key="early")).seq == 1, "still answered from its outcome"
    world.clock.advance(days=2)
    await world.engine.prune(NOTHING)
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(sa.func.count()).select_from(outcomes))).scalar_one() == 0


async def test_erasing_a_person_leaves_none_of_their_words_in_the_journal(each_world: World) -> None:
    spectators = await audience(each_world, ["other", "moderator"])
    await each_world.ask("A question of the attendee")
    await each_world.do("attendee", PostMessage("A message of the attendee"))
    await each_world.do("other", PostMessage("Something else"))

    async def payloads() -> bytes:
        async with each_world.engine.database.read() as connection:
            return b"".join((await connection.execute(sa.select(journal.journal.c.payload))).scalars())

    assert b"of the attendee" in await payloads()
    person = each_world.people["attendee"]
    async with each_world.engine.database.read() as connection:
        named = await journal.rooms_naming(connection, person, "Attendee")
    assert each_world.room in named
    async with each_world.engine.transaction(named) as tx:
        await journal.forget(tx.connection, tx.rooms.values())
    await each_world.engine.hub.reconcile(named)
    left = await payloads()
    assert b"of the attendee" not in left
    assert person.encode() not in left
    await each_world.do("other", PostMessage("On we go"))
    await spectators.verify()

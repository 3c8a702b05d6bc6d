"""Every command carries a key chosen by the client; (person, key) is unique and its outcome is stored in the same transaction."""

import asyncio

import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage
from rooms.chat.tables import messages
from rooms.core.commands.people import Role
from rooms.forum.questions.messages import AskQuestion
from rooms.people.messages import RevokeRole, SilencePerson, UnsilencePerson
from tests.support.refusals import refused
from tests.support.world import World

KEY = "f3b0c442-98fc-1c14-9afb-f4c8996fb924"


async def said(world: World) -> int:
    async with world.engine.database.read() as connection:
        return (await connection.execute(sa.select(sa.func.count()).select_from(messages))).scalar_one()


async def test_the_same_command_again_gives_the_same_answer_and_happens_once(each_world: World) -> None:
    outcomes = [await each_world.do("attendee", PostMessage("Hello"), key=KEY, engine=n % 2) for n in range(4)]
    assert len(set(outcomes)) == 1
    assert await said(each_world) == 1


async def test_at_the_same_time_too(each_world: World) -> None:
    same = [each_world.do("attendee", PostMessage("Hello"), key=KEY, engine=n % 2) for n in range(8)]
    assert len(set(await asyncio.gather(*same))) == 1
    assert await said(each_world) == 1


async def test_the_premise_two_keys_are_two_commands(world: World) -> None:
    for _ in range(2):
        await world.do("attendee", PostMessage("Hello"))
    assert await said(world) == 2


async def test_keys_of_different_people_do_not_meet(world: World) -> None:
    for who in ("attendee", "other"):
        await world.do(who, PostMessage("Hello"), key=KEY)
    assert await said(world) == 2


async def test_a_key_belongs_to_one_command_only(world: World) -> None:
    await world.do("attendee", PostMessage("Hello"), key=KEY)
    for command, room in (
        (PostMessage("Bye"), ""),
        (AskQuestion("Hello"), ""),
        (PostMessage("Hello"), world.lobby),
    ):
        with refused("key_reused", "key"):
            await world.do("attendee", command, key=KEY, room=room)
    assert await said(world) == 1


async def test_a_key_given_to_two_rooms_at_once_spoils_nothing_for_others(each_world: World) -> None:
    each_world.lift_limits()
    rooms = (each_world.room, each_world.lobby)
    mine = [each_world.do("attendee", PostMessage("?"), room=room, key=KEY, engine=h) for h, room in enumerate(rooms)]
    theirs = [
        each_world.do(who, PostMessage("!"), room=room, engine=engine)
        for who in ("other", "guest", "speaker")
        for engine in (0, 1)
        for room in rooms
    ]
    outcomes = await asyncio.gather(*mine, *theirs, return_exceptions=True)
    assert not [outcome for outcome in outcomes[2:] if isinstance(outcome, BaseException)]


async def test_a_refusal_is_not_remembered(world: World) -> None:
    await world.do("moderator", SilencePerson(world.people["attendee"]))
    with refused("silenced"):
        await world.do("attendee", PostMessage("Hello"), key=KEY)
    await world.do("moderator", UnsilencePerson(world.people["attendee"]))
    assert (await world.do("attendee", PostMessage("Hello"), key=KEY)).seq


async def test_what_was_done_is_answered_as_done_even_when_one_may_no_more(world: World) -> None:
    done = await world.do("attendee", PostMessage("Hello"), key=KEY)
    await world.do("moderator", SilencePerson(world.people["attendee"]))
    assert await world.do("attendee", PostMessage("Hello"), key=KEY) == done
    resign = RevokeRole(world.people["moderator"], Role.MODERATOR)
    resigned = await world.do("moderator", resign, key=KEY)
    assert await world.do("moderator", resign, key=KEY) == resigned


@pytest.mark.parametrize("key", ["", "x" * 65, "a\x00b", "a b", "é", "a\nb", "\ud800"])
async def test_what_is_no_key_is_refused(each_world: World, key: str) -> None:
    with refused("invalid", "key"):
        await each_world.engine.perform(each_world.people["attendee"], each_world.room, PostMessage("Hello"), key)


async def test_without_the_stored_outcome_it_would_happen_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forget(*_: object) -> None:
        pass

    monkeypatch.setattr("rooms.core.commands.writer._remember", forget)
    for _ in range(2):
        await world.do("attendee", PostMessage("Hello"), key=KEY)
    assert await said(world) == 2

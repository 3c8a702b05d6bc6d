"""Answers: one for each person, counted exactly, whatever comes at once."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from rooms.core.commands.queued import Outcome
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.tables import persons
from rooms.forum.polls import messages as m
from rooms.forum.polls.tables import poll_answers
from tests.support.clients import enter
from tests.support.polls import chosen, opened, poll_of, rows_of, said
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

Kind = m.PollKind


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (Kind.SINGLE, []),
        (Kind.SINGLE, [1, 2]),
        (Kind.SINGLE, [4]),
        (Kind.MULTIPLE, []),
        (Kind.MULTIPLE, [1, 4]),
        (Kind.RATING, [6]),
        (Kind.RATING, [1, 5]),
    ],
)
async def test_an_answer_chooses_among_what_is_there(world: World, kind: m.PollKind, choices: list[int]) -> None:
    poll = await opened(world, kind)
    with refused("invalid", "choices"):
        await world.do("attendee", chosen(poll, *choices))
    assert await rows_of(world, poll) == 0


async def test_one_answer_each_which_may_be_changed_and_taken_back(each_world: World) -> None:
    world = each_world
    poll = await opened(world, Kind.MULTIPLE)
    tab = await enter(world, "attendee", engine=1)
    for choices in ([1, 2], [2, 2], [3, 2]):
        await world.do("attendee", chosen(poll, *choices))
    await world.do("other", chosen(poll, 3))
    assert (await poll_of(world, poll)).tally["counts"] == [0, 1, 2]
    assert (await poll_of(world, poll)).tally["voters"] == 2 == await rows_of(world, poll)
    await settled(*world.engines)
    await tab.verify()
    assert tab.state["own"]["answers"] == {poll: {"choices": [2, 3], "text": ""}}
    for _ in range(2):
        await world.do("attendee", m.RetractAnswer(poll))
    assert (await poll_of(world, poll)).tally["counts"] == [0, 0, 1]
    await settled(*world.engines)
    await tab.verify()
    assert tab.state["own"]["answers"] == {}


async def test_the_database_itself_refuses_a_second_answer(each_world: World) -> None:
    poll = await opened(each_world)
    await each_world.do("other", chosen(poll, 1))
    row = {"poll": poll, "person": each_world.people["other"], "choices": [2], "text": "", "at": each_world.clock()}
    with pytest.raises(IntegrityError):
        async with each_world.engine.database.write() as connection:
            await connection.execute(poll_answers.insert().values(row))


async def test_a_hundred_answers_of_one_person_at_once_are_one(each_world: World) -> None:
    each_world.lift_limits()
    poll = await opened(each_world)
    await asyncio.gather(*(each_world.do("other", chosen(poll, 1 + n % 3), engine=n % 2) for n in range(100)))
    tally = (await poll_of(each_world, poll)).tally
    assert (tally["voters"], sum(tally["counts"]), await rows_of(each_world, poll)) == (1, 1, 1)


async def test_two_hundred_at_once_are_counted_exactly(each_world: World) -> None:
    people = {f"voter {n}": new_id() for n in range(200)}
    rows = [
        {"id": id, "name": name, "kind": "guest", "calendar_key": new_id(), "created_at": each_world.clock()}
        for name, id in people.items()
    ]
    async with each_world.engine.database.write() as connection:
        await connection.execute(persons.insert(), rows)
    each_world.people |= people
    single, cloud = await opened(each_world), await opened(each_world, Kind.CLOUD)
    moderator = await enter(each_world, "moderator")
    words = ("Light", "light, air", "Water")
    answers = [each_world.do(who, chosen(single, 1 + n % 2)) for n, who in enumerate(people)]
    answers += [each_world.do(who, said(cloud, words[n % 3])) for n, who in enumerate(people)]
    await asyncio.gather(*answers)
    await settled(*each_world.engines)
    await moderator.verify()
    tallies = {id: each["tally"] for id, each in moderator.state["latest"]["poll_tallies"].items()}
    assert (tallies[single]["voters"], tallies[single]["counts"]) == (200, [100, 100, 0])
    counted = {each["text"].casefold(): each["count"] for each in tallies[cloud]["texts"]}
    assert (tallies[cloud]["voters"], counted) == (200, {"light": 134, "air": 67, "water": 66})
    assert len(moderator.sink.messages) < 100, "one message a tick, not one an answer"


async def test_no_answer_counts_that_comes_after_the_close(each_world: World) -> None:
    """S21: by order of commit, on both processes at once."""
    poll = await opened(each_world)
    late, closing = await asyncio.gather(
        each_world.do("attendee", chosen(poll, 1), engine=1),
        each_world.do("moderator", m.ClosePoll(poll), engine=0),
        return_exceptions=True,
    )
    assert isinstance(closing, Outcome)
    counted = (await poll_of(each_world, poll)).tally["voters"]
    if isinstance(late, Problem):
        assert (late.code, counted) == ("closed", 0)
    else:
        assert counted == 1
    for command in (chosen(poll, 2), m.RetractAnswer(poll)):
        with refused("closed"):
            await each_world.do("attendee", command, engine=1)
    assert (await poll_of(each_world, poll)).tally["voters"] == counted == await rows_of(each_world, poll)


async def test_answers_and_a_close_in_one_batch_follow_each_other(world: World) -> None:
    poll = await opened(world)
    early = [world.do(who, chosen(poll, 1)) for who in ("attendee", "other")]
    late = [world.do(who, chosen(poll, 2)) for who in ("speaker", "guest")]
    results = await asyncio.gather(*early, world.do("moderator", m.ClosePoll(poll)), *late, return_exceptions=True)
    kinds = ["done" if isinstance(result, Outcome) else getattr(result, "code", "?") for result in results]
    assert kinds == ["done"] * 3 + ["closed"] * 2
    assert (await poll_of(world, poll)).tally["counts"] == [2, 0, 0]


async def test_one_bad_answer_among_many_spoils_none(world: World) -> None:
    poll = await opened(world)
    answers = (chosen(poll, 1), chosen(poll, 7), chosen("x" * 20, 1), chosen(poll, 2))
    people = ("attendee", "other", "speaker", "guest")
    acts = [world.do(who, answer) for who, answer in zip(people, answers, strict=True)]
    results = await asyncio.gather(*acts, return_exceptions=True)
    codes = ["" if isinstance(result, Outcome) else getattr(result, "code", "?") for result in results]
    assert codes == ["", "invalid", "not_found", ""]
    assert (await poll_of(world, poll)).tally["counts"] == [1, 1, 0]

"""Group commit: commands share transactions, and each succeeds or fails independently. `Gather`: requests share answers."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.messages import PostMessage, ReadChat
from rooms.core.batching import MOST_AT_ONCE, Batcher
from rooms.core.commands.people import Role
from rooms.core.commands.queued import Outcome
from rooms.core.commands.registry import SPECS, SingleSpec
from rooms.core.errors import Problem
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, ClaimQuestion, EditQuestion
from rooms.people.messages import GrantRole, RemovePerson, SilencePerson
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


def count_commits(world: World) -> list[int]:
    commits: list[int] = []
    event.listen(world.engine.database._writer.sync_engine, "commit", lambda _: commits.append(1))
    return commits


async def test_commands_that_come_together_share_a_commit(world: World) -> None:
    world.lift_limits()
    commits = count_commits(world)
    await asyncio.gather(*(world.do("attendee", PostMessage(f"{n}")) for n in range(100)))
    assert len(commits) < 10


async def test_a_refused_command_leaves_no_trace_in_the_transaction_of_the_others(each_world: World) -> None:
    each_world.lift_limits()
    clients = [await enter(each_world, who) for who in (None, "moderator")]
    question = await each_world.ask()
    commands = [
        ("attendee", PostMessage("one")),
        ("moderator", EditQuestion(question, 1, "x" * 600)),  # refused in the midst of its action
        ("moderator", EditQuestion(question, 1, "Edited")),
        ("moderator", ApproveQuestion(question, 1)),  # stale by the one before
        ("attendee", PostMessage(" ")),
        ("other", VoteQuestion("x" * 20)),
        ("attendee", PostMessage("two")),
    ]
    results = await asyncio.gather(*(each_world.do(who, command) for who, command in commands), return_exceptions=True)
    codes = [getattr(result, "code", "done") for result in results]
    assert codes == ["done", "invalid", "done", "stale", "invalid", "not_found", "done"]
    await settled(*each_world.engines)
    for client in clients:
        await client.verify()
    assert [message["text"] for message in clients[0].state["snapshot"]["messages"]] == ["one", "two"]
    assert (await each_world.question(question)).version == 2


async def test_a_fault_of_ours_falls_on_its_command_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise LookupError("a fault of ours")

    question = await world.ask()
    monkeypatch.setattr("rooms.forum.questions.moderating.current", fail)
    results = await asyncio.gather(
        world.do("attendee", PostMessage("one")),
        world.do("moderator", ClaimQuestion(question, 1)),
        world.do("attendee", PostMessage("two")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [Outcome, LookupError, Outcome]


async def test_rights_that_one_command_gives_the_next_one_has(world: World) -> None:
    question = await world.ask()
    results = await asyncio.gather(
        world.do("other", ApproveQuestion(question, 1)),
        world.do("organiser", GrantRole(world.people["other"], Role.MODERATOR)),
        world.do("other", ApproveQuestion(question, 1)),
        return_exceptions=True,
    )
    assert [getattr(result, "code", "done") for result in results] == ["forbidden", "done", "done"]


async def test_the_answer_names_the_seq_of_the_commands_own_last_event(world: World) -> None:
    world.lift_limits()
    outcomes = await asyncio.gather(*(world.do("attendee", PostMessage(f"{n}")) for n in range(20)))
    assert [outcome.seq for outcome in outcomes] == list(range(1, 21))
    silent = await world.do("attendee", ReadChat(3))
    assert silent.seq is None


async def test_with_too_many_waiting_the_next_is_asked_to_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.lift_limits()
    monkeypatch.setattr("rooms.core.commands.writer.MOST_WAITING", 5)
    results = await asyncio.gather(
        *(world.do("attendee", PostMessage(f"{n}")) for n in range(20)), return_exceptions=True
    )
    refusals = [result for result in results if isinstance(result, Problem)]
    assert refusals
    assert {problem.code for problem in refusals} == {"unavailable"}
    assert all(problem.retry_after for problem in refusals)
    assert await world.do("attendee", PostMessage("later"))


async def test_one_who_goes_away_does_not_take_the_others_along(world: World) -> None:
    world.lift_limits()
    tasks = [asyncio.create_task(world.do("attendee", PostMessage(f"{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for n, result in enumerate(results) if n != 3] == [Outcome] * 9
    assert await world.do("attendee", PostMessage("and on"))


# Gather


async def test_requests_that_come_together_are_answered_together() -> None:
    batches: list[list[int]] = []

    async def answer(wanted: Sequence[int]) -> list[int | Exception]:
        batches.append(list(wanted))
        await asyncio.sleep(0)
        return [Problem("not_found", "odd") if n % 2 else n * 10 for n in wanted]

    gather: Batcher[int, int] = Batcher(answer)
    results = await asyncio.gather(*(gather.ask(n) for n in range(MOST_AT_ONCE + 10)), return_exceptions=True)
    assert [getattr(result, "code", result) for result in results[:4]] == [0, "not_found", 20, "not_found"]
    assert [len(batch) for batch in batches] == [MOST_AT_ONCE, 10]
    assert await gather.ask(4) == 40


async def test_an_error_reaches_all_callers_of_its_batch_and_no_later_one() -> None:
    faults = [Problem("unavailable", "not now")]

    async def answer(wanted: Sequence[int]) -> list[int | Exception]:
        if faults:
            raise faults.pop()
        return list(wanted)

    gather: Batcher[int, int] = Batcher(answer)
    results = await asyncio.gather(*(gather.ask(n) for n in range(3)), return_exceptions=True)
    assert [getattr(result, "code", result) for result in results] == ["unavailable"] * 3
    assert await gather.ask(7) == 7


async def test_one_who_asks_and_goes_away_disturbs_nobody() -> None:
    go_on = asyncio.Event()

    async def answer(wanted: Sequence[int]) -> list[int | Exception]:
        await go_on.wait()
        return list(wanted)

    gather: Batcher[int, int] = Batcher(answer)
    tasks = [asyncio.create_task(gather.ask(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    go_on.set()
    assert (await asyncio.gather(tasks[0], tasks[2])) == [0, 2]


async def test_the_premise_an_unsigned_command_is_refused_before_it_waits(world: World) -> None:
    with refused("not_signed_in"):
        await world.do(None, PostMessage("Hello"))


async def test_further_rooms_are_looked_up_only_for_those_who_may(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    spec = SPECS["person.remove"]
    assert isinstance(spec, SingleSpec)
    assert spec.extra_rooms is not None
    original = spec.extra_rooms

    async def extra_rooms(connection: AsyncConnection, room: str, command: RemovePerson) -> Iterable[str]:
        asked.append(command.person)
        return await original(connection, room, command)

    monkeypatch.setitem(SPECS, "person.remove", replace(spec, extra_rooms=extra_rooms))
    with refused("forbidden"):
        await world.do("attendee", RemovePerson(world.people["other"]))
    assert asked == []
    await world.do("organiser", RemovePerson(world.people["other"]), room=world.lobby)
    assert asked == [world.people["other"]]


async def test_a_fault_in_looking_up_rooms_falls_on_its_command_alone(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = each_world

    async def extra_rooms(connection: AsyncConnection, room: str, command: RemovePerson) -> list[str]:
        await connection.execute(sa.text("select nothing from nowhere"))
        return []

    spec = SPECS["person.remove"]
    assert isinstance(spec, SingleSpec)
    monkeypatch.setitem(SPECS, "person.remove", replace(spec, extra_rooms=extra_rooms))
    answers = await asyncio.gather(
        world.do("attendee", PostMessage("Before")),
        world.do("moderator", RemovePerson(world.people["other"])),
        world.do("attendee", PostMessage("After")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], sa.exc.SQLAlchemyError)
    assert [isinstance(each, Outcome) for each in answers] == [True, False, True]


async def test_a_right_given_in_the_same_transaction_serves_a_command_with_further_rooms(each_world: World) -> None:
    world = each_world
    answers = await asyncio.gather(
        world.do("organiser", GrantRole(world.people["attendee"], Role.MODERATOR)),
        world.do("attendee", SilencePerson(world.people["other"])),
    )
    assert all(isinstance(each, Outcome) for each in answers)

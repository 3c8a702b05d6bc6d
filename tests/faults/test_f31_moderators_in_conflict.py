"""F31: moderators in conflict on two processes: one final state, and the slower moderator sees it and who was first."""

import asyncio

import pytest

from rooms.core.commands.queued import Outcome
from rooms.core.errors import Problem
from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.moderation_messages import (
    ApproveQuestion,
    ClaimQuestion,
    DismissQuestion,
    EditQuestion,
    MergeQuestion,
)
from tests.support.clients import enter
from tests.support.waiting import settled
from tests.support.world import World

State = QuestionState
MODERATORS = ("moderator", "colleague", "organiser", "admin")


@pytest.mark.parametrize("round_", range(3))
async def test_of_simultaneous_decisions_one_wins_and_the_others_learn_whose(each_world: World, round_: int) -> None:
    each_world.lift_limits()
    question = await each_world.ask()
    clients = {who: await enter(each_world, who, engine=n % 2) for n, who in enumerate(MODERATORS)}
    commands = [
        ApproveQuestion(question, 1),
        DismissQuestion(question, 1, "no"),
        EditQuestion(question, 1, "Edited"),
        ClaimQuestion(question, 1),
    ]
    acts = list(zip(MODERATORS, commands[round_:] + commands[:round_], strict=True))
    results = await asyncio.gather(
        *(each_world.do(who, command, engine=n % 2) for n, (who, command) in enumerate(acts)), return_exceptions=True
    )
    winners = [who for (who, _), result in zip(acts, results, strict=True) if isinstance(result, Outcome)]
    assert len(winners) == 1
    final = await each_world.question(question)
    assert final.version == 2
    for result in results:
        if isinstance(result, Problem):
            assert result.code == "stale"
            assert result.present == final.moderated()
            assert winners[0].title() in str(result)
        else:
            assert isinstance(result, Outcome)
    await settled(*each_world.engines)
    for client in clients.values():
        await client.verify()


async def test_a_hundred_questions_triaged_by_four_moderators_at_once(each_world: World) -> None:
    each_world.lift_limits()
    questions = [await each_world.ask(f"Why {n}?") for n in range(25)]
    clients = [await enter(each_world, who, engine=n % 2) for n, who in enumerate((*MODERATORS, None))]
    done: list[str] = []

    async def triage(who: str, engine: int, *, approves: bool) -> None:
        for question in questions:
            command = ApproveQuestion(question, 1) if approves else DismissQuestion(question, 1)
            try:
                await each_world.do(who, command, engine=engine)
                done.append(question)
            except Problem as problem:
                assert problem.code == "stale"  # noqa: PT017 - which of them loses is not known beforehand

    await asyncio.gather(*(triage(who, n % 2, approves=n < 2) for n, who in enumerate(MODERATORS)))
    assert sorted(done) == sorted(questions), "each question was decided once"
    await settled(*each_world.engines)
    for client in clients:
        await client.verify()
    shown = {each["id"] for each in clients[-1].state["snapshot"]["questions"]}
    assert shown == {id for id in questions if (await each_world.question(id)).state is State.APPROVED}


async def test_two_who_merge_in_opposite_directions_make_no_ring(each_world: World) -> None:
    each_world.lift_limits()
    for _ in range(5):
        a, b = await each_world.ask("a"), await each_world.ask("b", "other")
        results = await asyncio.gather(
            each_world.do("moderator", MergeQuestion(a, 1, b), engine=0),
            each_world.do("colleague", MergeQuestion(b, 1, a), engine=1),
            return_exceptions=True,
        )
        losers = [result for result in results if isinstance(result, Problem)]
        assert [problem.code for problem in losers] == ["conflict"]
        states = {(await each_world.question(each)).state for each in (a, b)}
        assert states == {State.MERGED, State.PENDING}

"""old snapshot + events == new snapshot, for every event type: here for random streams of commands by everybody on two processes, so that states are
reached which nobody thought of. tests/rooms/test_reducers.py goes through every type of event in order, and the same fixtures drive the client's reducers."""

from random import Random
from typing import Any

import msgspec
import pytest

from rooms.chat.messages import PostMessage, RemoveMessage, SetChat
from rooms.core.commands.messages import Command
from rooms.core.errors import Problem
from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking, SetReview, ShowStage, StageKind
from rooms.forum.polls import messages as v
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import AskQuestion, ReviseQuestion, UnvoteQuestion, VoteQuestion, WithdrawQuestion
from rooms.people import messages as p
from rooms.programme.messages import EndSession, OpenSession, StarSession, StartSession, UnstarSession
from tests.support.clients import Audience, audience, enter
from tests.support.waiting import settled
from tests.support.world import World

ACTORS = ("attendee", "other", "speaker", "moderator", "colleague", "organiser", "guest")
STEPS = 120
EXPECTED = {"conflict", "forbidden", "stale", "closed", "not_found", "silenced", "invalid", "rate_limited"}


class Stream:
    """Random commands that mostly make sense. The same seed gives the same stream."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = Random(seed)
        self.questions: list[str] = []
        self.messages: list[str] = []
        self.polls: list[str] = []

    async def command(self) -> tuple[str, Command]:
        choose = self.random.choice
        make = choose(
            [
                self._ask,
                self._attend,
                self._moderate,
                self._moderate,
                self._moderate,
                self._chat,
                self._poll,
                self._poll,
                self._host,
                self._people,
            ]
        )
        return await make()

    async def _ask(self) -> tuple[str, Command]:
        return self.random.choice(ACTORS), AskQuestion(f"Why {self.random.random()}?", self.random.random() < 0.3)

    def _any_question(self) -> str:
        return self.random.choice(self.questions or ["x" * 20])

    async def _attend(self) -> tuple[str, Command]:
        question = self._any_question()
        acts: list[Command] = [VoteQuestion(question), VoteQuestion(question), UnvoteQuestion(question)]
        acts += [ReviseQuestion(question, f"Rather {self.random.random()}"), WithdrawQuestion(question)]
        return self.random.choice(ACTORS), self.random.choice(acts)

    async def _moderate(self) -> tuple[str, Command]:
        question = self._any_question()
        try:
            version = (await self.world.question(question)).version
        except Problem:
            version = 1
        if self.random.random() < 0.1:
            version = 0
        bare = [
            m.ApproveQuestion,
            m.ApproveQuestion,
            m.RestoreQuestion,
            m.ClaimQuestion,
            m.ReleaseQuestion,
            m.PinQuestion,
        ]
        bare += [
            m.UnpinQuestion,
            m.UnmergeQuestion,
            m.ArchiveQuestion,
            m.UnarchiveQuestion,
            m.TakeQuestion,
            m.MarkAnswered,
        ]
        bare += [m.ReopenQuestion]
        acts: list[Command] = [each(question, version) for each in bare]
        acts += [m.MergeQuestion(question, version, self._any_question()) for _ in range(4)]
        acts += [
            m.DismissQuestion(question, version, "Because"),
            m.EditQuestion(question, version, f"{self.random.random()}"),
        ]
        acts += [m.LabelQuestion(question, version, ["a", "b"]), m.ShowOnScreen(question), m.ClearScreen()]
        acts += [m.AnswerQuestion(question=question, version=version, text="So", public=self.random.random() < 0.5)]
        return self.random.choice(("moderator", "colleague", "organiser", "speaker")), self.random.choice(acts)

    async def _chat(self) -> tuple[str, Command]:
        acts: list[Command] = [
            PostMessage("Hello"),
            PostMessage("Hello"),
            RemoveMessage(self.random.choice(self.messages or ["x" * 20])),
        ]
        return self.random.choice(ACTORS), self.random.choice(acts)

    async def _poll(self) -> tuple[str, Command]:
        choose = self.random.choice
        poll, reveal = choose(self.polls or ["x" * 20]), choose(list(v.Reveal))
        if len(self.polls) < 3 or self.random.random() < 0.1:
            return "moderator", v.DraftPoll(choose(list(v.PollKind)), "Which?", ["Left", "Right"], reveal)
        answer = v.AnswerPoll(poll, 1, [self.random.randint(1, 3)], choose(["air", "Air, light", "light"]))
        if self.random.random() < 0.6:
            return choose(ACTORS), choose([answer, answer, answer, v.RetractAnswer(poll)])
        acts: list[Command] = [v.OpenPoll(poll), v.OpenPoll(poll), v.ClosePoll(poll), v.ArchivePoll(poll)]
        acts += [v.RevealPoll(poll, reveal), v.HideText(poll, "air", choose([True, False])), v.ShowPollOnScreen(poll)]
        acts += [v.EditPoll(choose(list(v.PollKind)), "Or?", ["Up", "Down"], poll=poll, version=1)]
        return choose(("moderator", "colleague")), choose(acts)

    async def _host(self) -> tuple[str, Command]:
        acts: list[Command] = [
            OpenSession(),
            StartSession(),
            EndSession(),
            SetReview(self.random.random() < 0.5),
        ]
        acts += [SetAsking(self.random.choice(list(Asking))), SetAnonymity(self.random.random() < 0.7)]
        acts += [SetChat(self.random.random() < 0.8, 0), ShowStage(StageKind.SLATE, "", "Soon")]
        return "moderator", self.random.choice(acts)

    async def _people(self) -> tuple[str, Command]:
        person = self.world.people[self.random.choice(("attendee", "other", "speaker"))]
        acts: list[Command] = [p.GrantRole(person, p.Role.MODERATOR), p.RevokeRole(person, p.Role.MODERATOR)]
        acts += [p.SilencePerson(person, 5, "x"), p.UnsilencePerson(person)]
        return "organiser", self.random.choice(acts)


async def perform(stream: Stream, step: int) -> str:
    """What became of a random command: "done" or the code of its refusal."""
    who, command = await stream.command()
    stream.world.clock.advance(seconds=1)
    try:
        outcome = await stream.world.do(who, command, engine=step % 2)
    except Problem as problem:
        if problem.code not in EXPECTED:
            raise
        return problem.code
    reply: Any = msgspec.json.decode(outcome.reply)
    if isinstance(command, AskQuestion):
        stream.questions.append(reply["question"])
    elif isinstance(command, PostMessage):
        stream.messages.append(reply["message"])
    elif isinstance(command, v.DraftPoll):
        stream.polls.append(reply["poll"])
    return "done"


@pytest.mark.parametrize("seed", range(2))
async def test_after_any_stream_of_commands_everybody_knows_the_truth(each_world: World, seed: int) -> None:
    each_world.lift_limits()
    spectators: Audience = await audience(each_world)
    far = [await enter(each_world, who, engine=1) for who in (None, "attendee", "moderator")]
    stream = Stream(each_world, seed)
    results: list[str] = []
    for step in range(STEPS):
        results.append(await perform(stream, step))
        if step % 40 == 39:
            await settled(*each_world.engines)
            await spectators.verify()
            for client in far:
                await client.verify()
    assert results.count("done") > STEPS / 4, "the stream did something"
    assert len(set(results)) > 3, "and was refused in several ways"


async def test_stars_too(world: World) -> None:
    spectators = await audience(world, ["attendee"])
    for command in (StarSession(world.session), StarSession(world.session), UnstarSession(world.session)):
        await world.do("attendee", command, room=world.lobby)
        await spectators.verify()

"""S15: random streams of commands by people of every role, on two processes. Whatever they do, the invariants hold (tests/fuzz/machine.py)."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from rooms.chat.messages import PostMessage, SetChat
from rooms.core.commands.messages import Command, tag_of
from rooms.core.commands.registry import SPECS
from rooms.forum.hosting_messages import Asking, SetAnonymity, SetAsking, SetReview, ShowStage, StageKind
from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import (
    AskQuestion,
    QuestionCommand,
    ReviseQuestion,
    UnvoteQuestion,
    VoteQuestion,
    WithdrawQuestion,
)
from rooms.people import messages as p
from rooms.people import rules
from rooms.programme.messages import EndSession, OpenSession, StartSession
from tests.fuzz.budget import budget
from tests.fuzz.machine import Story, Template, make_template

EVERYBODY = st.sampled_from(
    [
        None,
        *("attendee", "other", "guest", "speaker", "moderator", "colleague", "organiser", "admin"),
        *("unverified", "banned", "stranger"),
    ]
)
MODERATORS = st.sampled_from(["moderator", "colleague", "organiser"])
HOUSES = st.sampled_from([0, 1])
PICK = st.integers(0, 30)

PLAIN = [VoteQuestion, UnvoteQuestion, WithdrawQuestion, m.ShowOnScreen, m.UnmaskQuestion]
VERSIONED = [m.ApproveQuestion, m.RestoreQuestion, m.ClaimQuestion, m.ReleaseQuestion, m.UnmergeQuestion, m.PinQuestion]
VERSIONED += [m.UnpinQuestion, m.ArchiveQuestion, m.UnarchiveQuestion, m.TakeQuestion, m.MarkAnswered, m.ReopenQuestion]
HOSTING = st.one_of(
    st.just(OpenSession()),
    st.just(StartSession()),
    st.just(EndSession()),
    st.just(m.ClearScreen()),
    st.sampled_from(Asking).map(SetAsking),
    st.booleans().map(SetReview),
    st.booleans().map(SetAnonymity),
    st.builds(SetChat, st.booleans(), st.sampled_from([0, 5])),
    st.just(ShowStage(StageKind.EMBED, "https://video.example/1", "Opening")),
)
PEOPLE = st.sampled_from(["attendee", "other", "speaker", "guest"])


class Roles(RuleBasedStateMachine):
    template: Template
    source: Path
    folders: Iterator[Path]

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(self.template, self.source, next(self.folders))
        self.numbers = itertools.count(1)
        self.messages: list[str] = []

    def teardown(self) -> None:
        try:
            self.story.run(self.story.verify())
        finally:
            self.story.end()

    def act(self, who: str | None, engine: int, command: Command, *, lobby: bool = False) -> str:
        """Performs a command; refusals that follow from who one is are known beforehand."""
        story = self.story
        room = story.world.lobby if lobby else story.world.room
        code = story.run(story.perform(who, command, room, engine, f"key-{next(self.numbers)}"))
        allowed = SPECS[tag_of(command)].allowed
        if who is None:
            assert code == "not_signed_in"
        elif who == "unverified":
            assert code == "unverified"
        elif who == "banned" or (
            allowed is rules.moderates and who not in {"moderator", "colleague", "organiser", "admin"} | story.promoted
        ):
            assert code == "forbidden"
        assert code != "internal"
        return code

    def question(self, pick: int) -> tuple[str, int, str]:
        """One of the questions: its id, its version and who asked it; or one that there is not."""
        found = sorted(self.story.run(self.story.questions()).values(), key=lambda each: each.asked_at)
        if not found:
            return "a" * 20, 1, ""
        chosen = found[pick % len(found)]
        names = {id: name for name, id in self.story.world.people.items()}
        return chosen.id, chosen.version, names[chosen.author]

    def text(self, asker: str) -> str:
        """A text like no other, which nobody but its asker may read until it is public."""
        text = f"text [{next(self.numbers)}]"
        self.story.secrets[text] = asker
        return text

    @rule(who=EVERYBODY, engine=HOUSES, anonymous=st.booleans())
    def ask(self, who: str | None, engine: int, anonymous: bool) -> None:
        self.act(who, engine, AskQuestion(self.text(who or ""), anonymous))

    @rule(who=EVERYBODY, engine=HOUSES, pick=PICK, kind=st.sampled_from(PLAIN))
    def touch(self, who: str | None, engine: int, pick: int, kind: type[QuestionCommand]) -> None:
        self.act(who, engine, kind(self.question(pick)[0]))

    @rule(who=st.one_of(MODERATORS, EVERYBODY), engine=HOUSES, pick=PICK, kind=st.sampled_from(VERSIONED), late=PICK)
    def moderate(self, who: str | None, engine: int, pick: int, kind: type[m.Moderate], late: int) -> None:
        id, version, _ = self.question(pick)
        code = self.act(who, engine, kind(question=id, version=version - (late == 1)))
        assert code != "ok" or late != 1, "an older version was taken"

    @rule(who=MODERATORS, engine=HOUSES, pick=PICK, other=PICK)
    def merge(self, who: str, engine: int, pick: int, other: int) -> None:
        id, version, _ = self.question(pick)
        self.act(who, engine, m.MergeQuestion(id, version, self.question(other)[0]))

    @rule(who=st.one_of(MODERATORS, EVERYBODY), engine=HOUSES, pick=PICK, public=st.booleans())
    def write(self, who: str | None, engine: int, pick: int, public: bool) -> None:
        id, version, asker = self.question(pick)
        self.act(who, engine, m.AnswerQuestion(id, version, text=self.text(asker), public=public))
        id, version, asker = self.question(pick)
        self.act(who, engine, m.EditQuestion(id, version, self.text(asker)))
        id, version, asker = self.question(pick)
        self.act(who, engine, m.DismissQuestion(id, version, self.text(asker)))

    @rule(who=EVERYBODY, engine=HOUSES, pick=PICK)
    def revise(self, who: str | None, engine: int, pick: int) -> None:
        id, _, asker = self.question(pick)
        self.act(who, engine, ReviseQuestion(id, self.text(asker)))

    @rule(who=st.one_of(MODERATORS, EVERYBODY), engine=HOUSES, command=HOSTING)
    def host(self, who: str | None, engine: int, command: Command) -> None:
        self.act(who, engine, command)

    @rule(who=EVERYBODY, engine=HOUSES, lobby=st.booleans())
    def post(self, who: str | None, engine: int, lobby: bool) -> None:
        self.act(who, engine, PostMessage("Hello"), lobby=lobby)

    @rule(who=st.sampled_from(["moderator", "organiser", "attendee"]), engine=HOUSES, whom=PEOPLE, lobby=st.booleans())
    def restrain(self, who: str, engine: int, whom: str, lobby: bool) -> None:
        person = self.story.world.people[whom]
        self.act(who, engine, p.SilencePerson(person, 5, "Too loud"), lobby=lobby)
        self.act(who, 1 - engine, p.UnsilencePerson(person), lobby=lobby)

    @rule(who=st.sampled_from(["moderator", "organiser"]), engine=HOUSES, whom=PEOPLE, back=st.booleans())
    def remove(self, who: str, engine: int, whom: str, back: bool) -> None:
        person = self.story.world.people[whom]
        self.act(who, engine, p.ReadmitPerson(person) if back else p.RemovePerson(person))

    @rule(engine=HOUSES, whom=st.sampled_from(["other", "guest"]), lobby=st.booleans(), taken=st.booleans())
    def promote(self, engine: int, whom: str, lobby: bool, taken: bool) -> None:
        self.story.promoted.add(whom)
        command = p.RevokeRole if taken else p.GrantRole
        self.act("organiser", engine, command(self.story.world.people[whom], p.Role.MODERATOR), lobby=lobby)

    @rule(number=PICK)
    def cut(self, number: int) -> None:
        self.story.run(self.story.cut(number % len(self.story.clients)))

    @rule()
    def look(self) -> None:
        self.story.run(self.story.verify())


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    Roles.source = tmp_path_factory.mktemp("template")
    return asyncio.run(make_template(Roles.source))


def test_whatever_people_do_the_invariants_hold(template: Template, tmp_path: Path) -> None:
    Roles.template = template
    Roles.folders = (tmp_path / str(number) for number in itertools.count())
    run_state_machine_as_test(Roles, settings=budget(6, stateful_step_count=25))

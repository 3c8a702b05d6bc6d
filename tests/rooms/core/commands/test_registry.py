"""S13, S14 at the door of the commands: whatever is sent becomes a command that was declared, or one problem; nothing else."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rooms.slices  # noqa: F401
from rooms.core.commands import registry
from rooms.core.commands.access import Actor, Person
from rooms.core.commands.messages import Command, declared, tag_of
from rooms.core.commands.people import Role
from rooms.core.commands.registry import SPECS, command, permitted, read, spec_of
from rooms.core.errors import CODES, Problem
from rooms.core.store.journal import Room
from tests.support.refusals import refused
from tests.support.samples import every_sample, ops
from tests.support.world import World

QUESTION = "q" * 20


def test_every_declared_command_has_an_action_and_a_room() -> None:
    assert {tag_of(each) for each in declared(Command)} == set(SPECS)
    assert all(spec.kinds for spec in SPECS.values())


def test_every_command_has_a_sample() -> None:
    assert set(SPECS) == set(ops()), "tests/support/samples.py goes into the tests that go through all commands"


def test_a_command_has_one_action() -> None:
    spec = SPECS["question.vote"]
    with pytest.raises(LookupError, match="two actions"):
        command(spec.type, kinds={"session"}, allowed=spec.allowed)(lambda tx, actor, given: None)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "op",
    ["", "question", "question.", "QUESTION.ASK", "join", "__class__", "x" * 5000, "question.ask\x00", "%(op)s %s"],
)
def test_an_unknown_op_is_refused(op: str) -> None:
    with refused("unknown_op", "op") as refusal:
        read(op, {})
    view = refusal.problem.view()
    assert len(view.message) < 100
    with refused("unknown_op"):
        spec_of(op)


FAULTS: list[tuple[dict[str, Any], str | None]] = [
    ({}, "question"),
    ({"question": QUESTION}, "version"),
    ({"question": QUESTION, "version": 1, "role": "organiser"}, "role"),
    ({"question": QUESTION, "version": 1, "person": "x" * 20}, "person"),
    ({"question": QUESTION, "version": 1, "state": "approved"}, "state"),
    ({"question": QUESTION, "version": "1"}, "version"),
    ({"question": QUESTION, "version": 1.5}, "version"),
    ({"question": QUESTION, "version": -1}, "version"),
    ({"question": QUESTION, "version": 10**40}, "version"),
    ({"question": QUESTION, "version": True}, "version"),
    ({"question": QUESTION, "version": None}, "version"),
    ({"question": "Q" * 20, "version": 1}, "question"),
    ({"question": "q" * 21, "version": 1}, "question"),
    ({"question": "q" * 19 + "\n", "version": 1}, "question"),
    ({"question": ["q"], "version": 1}, "question"),
    ({"question": {"id": QUESTION}, "version": 1}, "question"),
    ({"question": QUESTION, "version": 1, "op": "question.dismiss"}, "op"),
]


@pytest.mark.parametrize(("fields", "field"), FAULTS)
def test_what_does_not_fit_is_refused_and_the_field_named(fields: dict[str, Any], field: str | None) -> None:
    with refused("invalid") as refusal:
        read("question.approve", fields)
    assert refusal.problem.field == field
    assert refusal.problem.view().message


def test_the_premise_what_fits_is_read() -> None:
    assert tag_of(read("question.approve", {"question": QUESTION, "version": 1})) == "question.approve"


def test_a_forms_texts_are_read_where_it_says_so() -> None:
    form = {"open": "true", "slow_seconds": "5"}
    assert msgspec.to_builtins(read("chat.set", form, strict=False)) == {
        "op": "chat.set",
        "open": True,
        "slow_seconds": 5,
    }
    with refused("invalid", "open"):
        read("chat.set", form)


deep: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({name for spec in SPECS.values() for name in spec.type.__struct_fields__})


@settings(max_examples=300, deadline=None)
@given(
    op=st.sampled_from(sorted(SPECS)) | st.text(max_size=20),
    fields=st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), deep, max_size=5),
)
def test_whatever_is_sent_is_a_command_or_one_problem(op: str, fields: dict[str, Any]) -> None:
    for strict in (True, False):
        found = attempt(op, fields, strict=strict)
        if isinstance(found, Problem):
            assert found.code in {"invalid", "unknown_op"}
            assert msgspec.json.encode(found.view())
        else:
            assert type(found) is SPECS[op].type


def attempt(op: str, fields: dict[str, Any], *, strict: bool) -> Command | Problem:
    try:
        return read(op, fields, strict=strict)
    except Problem as problem:
        return problem


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_no_way_in() -> None:
    with refused("invalid"):
        read("question.label", {"question": QUESTION, "version": 1, "labels": nested(10_000)})


async def test_the_announced_rights_are_the_actual_rights(world: World) -> None:
    world.lift_limits()
    async for op, made in every_sample(world):
        actor = await world.engine.actor(world.people[made.who], made.room)
        assert op in permitted(actor)
        assert permitted(actor.as_anybody) == []


async def test_a_command_in_a_room_that_does_not_know_it_is_not_found(world: World) -> None:
    world.lift_limits()
    rooms_by_kind = {
        "session": world.room,
        "lobby": world.lobby,
        "booth": world.stand,
        "desk": await world.desk("admin"),
    }
    async for op, made in every_sample(world):
        for kind in rooms_by_kind.keys() - SPECS[op].kinds:
            with refused("not_found"):
                await world.do("admin", made.command, room=rooms_by_kind[kind])


def test_every_code_says_what_it_means() -> None:
    for code, meaning in CODES.items():
        assert 400 <= meaning.status < 600
        assert Problem(code, "x").meaning is meaning
    with pytest.raises(LookupError):
        Problem("no such code", "x")


def test_places_in_messages_are_filled_and_foreign_ones_are_left() -> None:
    problem = Problem("invalid", "%(limit)s fit", values={"limit": "%(other)s {x}"})
    assert problem.view().message == str(problem) == "%(other)s {x} fit"
    assert Problem("invalid", "100 % sure").view().message == "100 % sure"


def test_rules_look_only_at_what_permitted_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """`permitted` works out the ops once for all people with the same rights, so no rule may look at the person or the room themself."""

    def actor(number: int, kind: str, roles: frozenset[Role], *, verified: bool, silenced: bool) -> Actor:
        id = str(number) * 20
        room = Room(id, kind, id, f"conference {id}", number, number, f"epoch {number}", number)
        person = Person(id, f"Person {id}", ("guest", "registered")[number % 2], verified, bool(number % 2), False)
        return Actor(room, person, roles, silenced)

    kinds = {kind for spec in SPECS.values() for kind in spec.kinds}
    held = [frozenset[Role](), *(frozenset([role]) for role in Role), frozenset([Role.ATTENDEE, Role.OWNER])]
    for kind, roles, verified, silenced in itertools.product(kinds, held, (True, False), (True, False)):
        found: list[list[str]] = []
        for number in (1, 2):
            monkeypatch.setattr(registry, "_PERMITTED", {})
            found.append(permitted(actor(number, kind, roles, verified=verified, silenced=silenced)))
        assert found[0] == found[1], (kind, roles, verified, silenced)

"""S22: to each audience goes what is declared for it and nothing else, and no personal data that it is not to have. S27: who asked anonymously stays hidden."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from msgspec import inspect

from rooms.chat.messages import PostMessage
from rooms.core.commands.audience import Audience
from rooms.core.commands.messages import Event, Latest, declared, tag_of
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store import audit
from rooms.core.store.tables import persons
from rooms.exhibition.booths.snapshots import BoothSnapshot, HallSnapshot
from rooms.forum.questions import moderation_messages as m
from rooms.forum.snapshots import SessionSnapshot
from rooms.meetings.messages import MeetingSnapshot
from rooms.people.messages import DeskSnapshot
from rooms.programme.messages import LobbySnapshot, StarSession
from tests.support.clients import SPECTATORS, Client, audience, audience_everywhere, enter
from tests.support.samples import every_sample
from tests.support.waiting import settled
from tests.support.world import World

EVENTS = {tag_of(event): event for event in declared(Event)}
LATEST = {(latest.name, latest.audience): latest for latest in declared(Latest)}
SNAPSHOTS = {
    "session": SessionSnapshot,
    "lobby": LobbySnapshot,
    "desk": DeskSnapshot,
    "booth": BoothSnapshot,
    "hall": HallSnapshot,
    "meeting": MeetingSnapshot,
}


# What the types allow

NEVER = {"email", "password", "calendar_key", "device", "digest", "secret", "address"}
PERSONS_FOR_EVERYONE = {"chat.posted.message.author", "latest.present.value.people"}
PERSONS_FOR_EVERYONE |= {  # among those who are invited
    "meeting.invited.person",
    "latest.call.value.peers.person",
    "latest.call.value.waiting",
}
"""Where public messages contain a person's id: authors in the chat, and people who chose to be named."""


def places(described: inspect.Type, path: str) -> Iterator[tuple[str, inspect.Type]]:
    match described:
        case inspect.StructType(cls=cls, fields=fields):
            yield path, described
            if cls is not PersonView:
                for field in fields:
                    yield from places(field.type, f"{path}.{field.encode_name}")
        case inspect.ListType(item_type=item):
            yield from places(item, path)
        case inspect.DictType(value_type=value):
            yield from places(value, path)
        case inspect.UnionType(types=types):
            for each in types:
                yield from places(each, path)
        case _:
            yield path, described


def all_messages(to: set[Audience]) -> Iterator[tuple[str, inspect.Type]]:
    for name, event in EVENTS.items():
        if event.audience in to:
            yield from places(inspect.type_info(event), name)
    for (name, readers), latest in LATEST.items():
        if readers in to:
            yield from places(inspect.type_info(latest), f"latest.{name}")


def test_no_message_has_a_field_for_private_data() -> None:
    found = {path for path, _ in all_messages(set(Audience)) if path.rpartition(".")[2] in NEVER}
    assert found == {"stage.changed.stage.address", "stage.prepared.stage.address"}, (
        "an address of a stream, not of a person"
    )


def test_persons_are_named_to_everyone_only_where_they_chose_to_be() -> None:
    found = {
        path
        for path, described in all_messages({Audience.EVERYONE})
        if isinstance(described, inspect.StructType) and described.cls is PersonView
    }
    assert found == PERSONS_FOR_EVERYONE


# What really goes out


def check_frames(client: Client) -> int:
    """Every event, value and snapshot of a client decodes as a type of its audience, without extra fields. Returns how many there were."""
    count = 0
    for message in client.sink.messages:
        reader = Audience(message.get("audience", client.member.audience.value))
        allowed = {Audience.EVERYONE, reader} | (
            set() if client.member.public or client.who is None else {Audience.PERSON}
        )
        if "snapshot" in message:
            snapshot = msgspec.convert(message["snapshot"], SNAPSHOTS[client.kind])
            if reader is Audience.EVERYONE:
                assert getattr(snapshot, "moderation", None) is None
                assert getattr(snapshot, "restraints", None) is None
                assert getattr(snapshot, "desk", None) is None
        for event in message.get("events", []):
            count += 1
            if "type" not in event:
                assert list(event) == ["seq"]
                continue
            declared_type = EVENTS[event["type"]]
            assert declared_type.audience in allowed, f"{client} received {event}"
            msgspec.convert({name: value for name, value in event.items() if name != "seq"}, declared_type)
        for name, keyed in message.get("latest", {}).items():
            types = [
                latest
                for (declared_name, readers), latest in LATEST.items()
                if declared_name == name and readers in allowed
            ]
            assert types, f"{client} received {name}"
            for key, value in keyed.items():
                msgspec.convert({"key": key, "value": value}, types[0])
    return count


async def every_act(world: World) -> None:
    world.lift_limits()
    refusals: list[str] = []
    async for op, (who, room, command) in every_sample(world):
        world.clock.advance(seconds=1)  # news of one moment has no order
        try:
            await world.do(who, command, room=room)
        except Problem as problem:
            refusals.append(f"{op}: {problem}")
        world.clock.advance(seconds=1)
    assert len(refusals) < 5, f"too much of what can happen did not: {refusals}"


async def test_everybody_receives_what_is_declared_for_them_and_no_more(world: World) -> None:
    spectators = await audience_everywhere(world)
    await every_act(world)
    await settled(world.engine)
    counts = {client: check_frames(client) for client in spectators.clients}
    assert counts[spectators.of(None)] > 100
    received = "".join(str(client.sink.messages) for client in spectators.clients)
    assert "@example.org" not in received
    async with world.engine.database.read() as connection:
        keys = (await connection.execute(sa.select(persons.c.calendar_key))).scalars().all()
    assert not [key for key in keys if key in received]


async def test_that_check_finds_what_is_too_much(world: World) -> None:
    client = await enter(world, None)
    client.sink.messages.append({"events": [{"seq": 1, "type": "question.asked", "question": {}, "by": None}]})
    with pytest.raises(AssertionError, match="received"):
        check_frames(client)
    client.sink.messages[-1] = {"events": [{"seq": 1, "type": "question.hidden", "question": "x", "author": "Ada"}]}
    with pytest.raises(msgspec.ValidationError):
        check_frames(client)


async def test_private_choices_reach_nobody_else(world: World) -> None:
    spectators = await audience(world)
    await world.do("attendee", StarSession(world.session), room=world.lobby)
    await settled(world.engine)
    for client in spectators.clients:
        assert ("star.changed" in client.catch_up().types) is (client.who == "attendee" and client.kind == "lobby")


# Anonymous questions


def anonymous_states() -> list[list[Any]]:
    def step(command: type[m.Moderate | m.PresenterCommand], **fields: Any) -> Any:
        return lambda question, version: command(question=question, version=version, **fields)

    approve = step(m.ApproveQuestion)
    return [
        [],
        [step(m.ClaimQuestion), step(m.LabelQuestion, labels=["x"]), step(m.EditQuestion, text="Edited")],
        [step(m.DismissQuestion, reason="no")],
        [approve, step(m.PinQuestion), step(m.TakeQuestion), step(m.MarkAnswered)],
        [approve, step(m.AnswerQuestion, text="So", public=True), step(m.ArchiveQuestion)],
        [approve, step(m.RestoreQuestion)],
    ]


@pytest.mark.parametrize("steps", anonymous_states())
async def test_an_anonymous_asker_is_in_no_frames_but_their_own(world: World, steps: list[Any]) -> None:
    spectators = await audience(world, [*SPECTATORS, "colleague"])
    id, name = world.people["attendee"], "Attendee"
    world.unchecked("what was sent before is thrown away")
    for client in spectators.clients:
        client.sink.messages.clear()  # presence and desks may name them
    question = await world.ask("Who knows?", anonymous=True)
    for step in steps:
        await world.do("moderator", step(question, (await world.question(question)).version))
    await world.do("other", PostMessage("meanwhile"))
    await settled(world.engine)
    for who in (None, "other", "speaker", "moderator", "colleague", "organiser"):
        fresh = await enter(world, who)
        fresh.sink.messages[0]["latest"].pop("present")
        received = str(spectators.of(who).sink.messages) + str(fresh.sink.messages)
        assert "Who knows?" in received or who in {None, "other", "speaker"}
        assert id not in received
        assert name not in received
    assert id not in str(spectators.of("moderator", public=True).sink.messages)


async def test_the_premise_a_named_question_carries_the_name(world: World) -> None:
    await world.ask("I do")
    assert "Attendee" in str((await enter(world, "moderator")).sink.messages)


async def test_the_order_of_questions_tells_nothing_of_who_asked(world: World) -> None:
    """Ids are random, and public events of a question have the same seq for all: only bare numbers replace other audiences' events."""
    ids = [await world.ask(f"{n}", anonymous=n % 2 == 0) for n in range(6)]
    assert ids != sorted(ids) or ids != sorted(ids, reverse=True)
    client = await enter(world, "other", after=None)
    resumed = await world.join("other", after=client.position._replace(seq=0))
    assert all(list(event) == ["seq"] for event in resumed[1].joined["events"])


async def test_only_an_audited_unmasking_names_the_asker(world: World) -> None:
    question = await world.ask("Who knows?", anonymous=True)
    async with world.engine.database.read() as connection:
        before = await audit.read(connection, world.conference)
    assert world.people["attendee"] not in str(before), "the audit log itself does not name the asker"
    outcome = await world.do("moderator", m.UnmaskQuestion(question))
    assert world.people["attendee"].encode() in outcome.reply
    async with world.engine.database.read() as connection:
        entry = (await audit.read(connection, world.conference))[0]
    assert (entry.act, entry.actor, entry.subject) == ("question.unmask", world.people["moderator"], question)
    assert world.people["attendee"] not in str(entry)

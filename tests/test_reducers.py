"""The fixtures that hold the client's reducers and their twins to the same meaning: complete, true to the declared messages, obeyed."""

import json

import msgspec
import pytest

from rooms.core.commands.messages import Event, declared, tag_of
from rooms.exhibition.booths.snapshots import BoothOwn, BoothSnapshot, HallOwn, HallSnapshot
from rooms.forum.snapshots import Own, SessionSnapshot
from rooms.meetings.messages import MeetingOwn, MeetingSnapshot
from rooms.people.desk import DeskOwn
from rooms.people.messages import DeskSnapshot
from rooms.programme.messages import LobbyOwn, LobbySnapshot
from server.protocol.catalogue import collect, value_of
from tests.support.fixtures import FOLDER, Fixture, reducer_fixtures
from tests.support.reducers import reduce_event, reduce_latest

FIXTURES = list(reducer_fixtures())
SHAPES = {
    "session": (SessionSnapshot, Own),
    "lobby": (LobbySnapshot, LobbyOwn),
    "desk": (DeskSnapshot, DeskOwn),
    "booth": (BoothSnapshot, BoothOwn),
    "hall": (HallSnapshot, HallOwn),
    "meeting": (MeetingSnapshot, MeetingOwn),
}


def received() -> dict[str, type[Event]]:
    collect()
    return {tag_of(event): event for event in declared(Event)}


def test_every_event_and_latest_value_has_a_fixture() -> None:
    catalogue = collect()
    wanted = {tag_of(event) for event in catalogue.events} | {f"latest.{latest.name}" for latest in catalogue.latest}
    assert {fixture.name for fixture in FIXTURES} == wanted


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.file)
def test_fixtures_are_what_the_messages_declare(fixture: Fixture) -> None:
    for state in (fixture.before, fixture.after):
        snapshot, own = SHAPES[fixture.kind]
        assert as_sent(state["snapshot"], snapshot) == state["snapshot"]
        assert as_sent(state["own"], own) == state["own"]
        check_latest(state["latest"])
    if fixture.event is not None:
        assert fixture.event["type"] == fixture.name
        assert as_sent(fixture.event, received()[fixture.name]) == fixture.event
    if fixture.latest is not None:
        assert list(fixture.latest) == [fixture.name.removeprefix("latest.")]
        check_latest(fixture.latest)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.file)
def test_the_twins_obey_the_fixtures(fixture: Fixture) -> None:
    untouched = json.dumps(fixture.before)
    if fixture.event is not None:
        after = reduce_event(fixture.kind, fixture.before, {"seq": 7, **fixture.event})
    else:
        assert fixture.latest is not None
        after = reduce_latest(fixture.kind, fixture.before, fixture.latest)
    assert after == fixture.after
    assert json.dumps(fixture.before) == untouched


def test_every_room_of_the_fixtures_is_used() -> None:
    used = {json.loads(path.read_text("utf-8"))["room"] for path in FOLDER.glob("*.json")}
    assert {path.stem for path in (FOLDER / "rooms").glob("*.json")} == used


def as_sent(value: object, type: type[msgspec.Struct]) -> object:
    """What the server would send for it: a field too few or too many shows as a difference, or as a ValidationError."""
    return json.loads(msgspec.json.encode(msgspec.convert(value, type)))


def check_latest(values: dict[str, dict[str, object]]) -> None:
    types = {latest.name: value_of(latest) for latest in collect().latest}
    for name, keyed in values.items():
        for value in keyed.values():
            assert json.loads(msgspec.json.encode(msgspec.convert(value, types[name]))) == value

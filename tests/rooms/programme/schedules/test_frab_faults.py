"""A faulty file gets one report of everything that is wrong with it. What can be decided is decided, with a warning."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rooms.core.files.faults import SHOWN_FAULTS
from rooms.programme.schedules.document import MOST_BYTES
from rooms.programme.schedules.frab import read, read_file, read_json, read_xml
from rooms.programme.schedules.schedule import ScheduleFaults
from tests.support.schedules import EVENT, SECOND, camp, document, event, file


def faults_of(data: bytes, reader: Callable[[bytes], object] = read_json) -> list[str]:
    with pytest.raises(ScheduleFaults) as caught:
        reader(data)
    assert caught.value.code == "invalid"
    assert caught.value.count >= len(caught.value.faults) > 0
    return [fault.text() for fault in caught.value.faults]


def warnings_of(data: bytes, sessions: int) -> list[str]:
    read = read_file(data)
    assert len(read.schedule.sessions) == sessions
    assert not read.notes.left_out
    return [fault.text() for fault in read.notes.warnings]


def left_out_of(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    read = read_file(data)
    assert len(read.schedule.sessions) == 1
    return [fault.text() for fault in read.notes.left_out], read.schedule.unread


def test_the_file_of_these_tests_is_sound():
    assert len(read_json(file()).sessions) == 2


FIRST = "2026-11-14 › Hall 1 › Opening (1)"


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"title": ...}, "2026-11-14 › Hall 1 › 1 › title", "missing"),
        ({"title": "\u202e "}, "2026-11-14 › Hall 1 › 1 › title", "missing"),
        ({"title": 5}, "2026-11-14 › Hall 1 › 1 › title", "“5” does not belong here"),
        ({"date": "14.11.2026"}, f"{FIRST} › date", "“14.11.2026” does not belong"),
        ({"date": "2026-13-14T09:30:00+08:00"}, f"{FIRST} › date", "does not belong"),
        ({"date": "0001-01-01T00:00:00+08:00"}, f"{FIRST} › date", "does not belong"),
        ({"date": "2026-11-14", "start": ...}, f"{FIRST} › start", "missing"),
        ({"start": "25:00"}, f"{FIRST} › start", "“25:00” does not belong"),
        ({"start": "11:30"}, f"{FIRST} › start", "starts at 11:30, but its date says 2026-11-14T09:30"),
        ({"duration": ...}, f"{FIRST} › duration", "missing"),
        ({"duration": "00:00"}, f"{FIRST} › duration", "between one minute and seven days"),
        ({"duration": "-00:30"}, f"{FIRST} › duration", "does not belong"),
        ({"duration": "00:75"}, f"{FIRST} › duration", "does not belong"),
        ({"duration": 45}, f"{FIRST} › duration", "does not belong"),
        ({"duration": "200:00"}, f"{FIRST} › duration", "seven days"),
        ({"guid": ..., "id": ...}, "2026-11-14 › Hall 1 › Opening", "neither a guid nor an id"),
    ],
)
def test_a_fault_in_a_session(changes: dict[str, Any], where: str, what: str):
    (said,) = faults_of(file(event(**changes)))
    assert where in said
    assert what in said


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"end": "soon"}, "conference › end", "“soon” does not belong"),
        ({"end": "2026-11-13"}, "conference › end", "ends before it starts"),
        ({"end": "2028-11-13"}, "conference › end", "more than a year"),
        ({"time_zone_name": None}, "conference › time_zone_name", "does not say its time zone"),
        ({"time_zone_name": "Mars/Olympus"}, "conference › time_zone_name", "“Mars/Olympus” is not a known time zone"),
        ({"time_zone_name": "../../etc/passwd"}, "conference › time_zone_name", "not a known time zone"),
        ({"time_zone_name": "localtime"}, "conference › time_zone_name", "not a known time zone"),
        ({"days": None}, "conference › days", "missing"),
        ({"days": {}}, "conference › days", "missing"),
        ({"days": [5]}, "conference › days 1", "Enter an object"),
        ({"days": [{"date": "2026-11-14"}]}, "2026-11-14 › rooms", "missing"),
        ({"days": [{"date": "2026-11-14", "rooms": []}]}, "2026-11-14 › rooms", "Enter an object"),
        ({"days": [{"date": "2026-11-14", "rooms": {"Hall": {}}}]}, "2026-11-14 › Hall", "Enter a list"),
        ({"days": [{"date": "2026-11-14", "rooms": {"Hall": ["x"]}}]}, "2026-11-14 › Hall 1", "Enter an object"),
        ({"days": [{"date": "2026-11-14", "rooms": {"\u202e": []}}]}, "2026-11-14 › name", "missing"),
        ({"tracks": [{"color": "#fff"}]}, "tracks 1 › name", "missing"),
    ],
)
def test_a_fault_in_the_conference(changes: dict[str, Any], where: str, what: str):
    tree = document()
    tree["schedule"]["conference"] |= changes
    said = faults_of(json.dumps({"schedule": tree["schedule"]}).encode())
    assert len(said) == 1
    assert where in said[0]
    assert what in said[0]


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"title": "x" * 301}, " › title", "301 characters"),
        ({"date": 20261114}, f"{FIRST} › date", "does not belong"),
        ({"id": -1}, " › id", "does not belong"),
        ({"id": 1.5}, " › id", "does not belong"),
        ({"id": True}, " › id", "does not belong"),
        ({"id": 2**63}, " › id", "does not belong"),
        ({"id": 10**4000}, " › id", "does not belong"),
        ({"room": "Hall 9"}, f"{FIRST} › room", "“Hall 9” but is listed under “Hall 1”"),
        ({"persons": {"id": 7}}, f"{FIRST} › persons", "Enter a list"),
        ({"persons": [7]}, f"{FIRST} › persons 1", "Enter an object"),
        ({"persons": [{"id": 7}]}, f"{FIRST} › persons 1 › name", "missing"),
        ({"persons": [{"id": 7, "name": "A"}, {"id": 7, "name": "B"}]}, f"{FIRST} › persons 2", "“B” here and “A”"),
        ({"links": ["https://example.org"] * 101}, f"{FIRST} › links", "101 links"),
        ({"do_not_record": "perhaps"}, f"{FIRST} › do_not_record", "true or false"),
        ({"abstract": ["a"]}, f"{FIRST} › abstract", "Enter a text"),
        ({"language": "x" * 36}, f"{FIRST} › language", "36 characters"),
    ],
)
def test_what_a_session_can_do_without_is_left_empty_with_a_warning(changes: dict[str, Any], where: str, what: str):
    (said,) = warnings_of(file(event(**changes)), sessions=1)
    assert where in said
    assert what in said


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"rooms": [{"name": "A"}, {"name": "A"}]}, "rooms 2 › name", "“A” is used twice"),
        ({"rooms": [{"name": "A", "capacity": -5}]}, "rooms 1 › capacity", "does not belong"),
        ({"tracks": [{"name": "A"}, {"name": "A"}]}, "tracks 2 › name", "“A” is used twice"),
    ],
)
def test_what_is_said_twice_or_makes_no_sense_is_ignored_with_a_warning(changes: dict[str, Any], where: str, what: str):
    (said,) = warnings_of(file(**changes), sessions=2)
    assert where in said
    assert what in said


def test_a_session_that_cannot_be_used_is_left_out_and_the_others_are_read():
    said, unread = left_out_of(file(EVENT, SECOND | {"duration": "never"}))
    assert said == [
        "2026-11-14 › Hall 1 › Talent centres (2) › duration: “never” does not belong here. "
        "Enter hours and minutes, such as 00:45."
    ]
    assert unread == (SECOND["guid"],)


def test_a_day_that_ends_before_it_starts():
    times = {"day_start": "2026-11-14T09:00:00+08:00", "day_end": "2026-11-14T08:00:00+08:00"}
    (said,) = warnings_of(file(days=[{"date": "2026-11-14", "rooms": {}, **times}]), sessions=0)
    assert "2026-11-14 › day_end: The day ends before it starts." in said


@pytest.mark.parametrize(
    ("second", "named"),
    [
        (SECOND | {"guid": EVENT["guid"]}, "guid: “8079583e-8321-506c-95af-fd2903a5f075” is used twice"),
        (SECOND | {"guid": EVENT["guid"].upper()}, "guid: “8079583e-8321-506c-95af-fd2903a5f075” is used twice"),
    ],
)
def test_the_second_session_of_one_guid_is_left_out(second: dict[str, Any], named: str):
    (said,), unread = left_out_of(file(EVENT, second))
    assert "Talent centres" in said
    assert named in said
    assert unread == (EVENT["guid"],)


@pytest.mark.parametrize("id", [1, "1"])
def test_an_id_that_is_used_twice_beside_guids_is_ignored_the_second_time(id: object):
    (said,) = warnings_of(file(EVENT, SECOND | {"id": id}), sessions=2)
    assert "Talent centres" in said
    assert "id: “1” is used twice" in said
    assert [session.number for session in read(file(EVENT, SECOND | {"id": id})).sessions] == [1, None]


def test_the_second_session_of_one_id_without_guids_is_left_out():
    (said,), _ = left_out_of(file(event(guid=...), event(guid=..., title="Talent centres")))
    assert "id: “1” is used twice" in said


@pytest.mark.parametrize(
    ("local", "zone", "what"),
    [
        ("2026-03-29T02:30:00", "Europe/Berlin", "does not exist in Europe/Berlin"),
        ("2026-10-25T02:30:00", "Europe/Berlin", "comes twice in Europe/Berlin"),
        ("2026-10-04T02:15:00", "Australia/Lord_Howe", "does not exist"),  # put forward by half an hour
        ("2011-12-30T12:00:00", "Pacific/Apia", "does not exist"),  # a day that Samoa never had
    ],
)
def test_local_times_at_a_change_of_the_clocks(local: str, zone: str, what: str):
    (said,) = faults_of(file(event(date=local, start=...), time_zone_name=zone))
    assert what in said
    assert "offset from UTC" in said


def test_all_faults_are_reported_at_once():
    second = SECOND | {"duration": "never", "date": "", "start": ""}
    said = faults_of(file(event(title=...), second, time_zone_name="Mars/Olympus"))
    assert len(said) == 4


def test_a_long_report_is_cut_but_counted():
    broken = [event(id=n, guid=..., title="") for n in range(1, 501)]
    with pytest.raises(ScheduleFaults) as caught:
        read_json(file(*broken))
    assert caught.value.count == 500
    assert len(caught.value.faults) == SHOWN_FAULTS
    assert "Faults found: 500." in str(caught.value)


def test_a_file_that_is_no_schedule_is_refused_in_one_line():
    assert faults_of(b'{"events": []}') == [
        "This is a JSON file, but not a schedule: it holds “events”. "
        "Plenary reads the schedules of frab, pretalx, pentabarf and compatible programs, as JSON or XML."
    ]


def test_too_many_sessions():
    (said,) = faults_of(file(*[event(id=n, guid=...) for n in range(5001)]))
    assert "5001 sessions" in said


DEEP_XML = b"<schedule>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</schedule>"
BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><schedule><version>&b;</version></schedule>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><schedule><version>&a;</version></schedule>'


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "is incomplete or malformed at line 1"),
        (file()[:-40], "is incomplete"),
        (file() + b"}", "malformed"),
        (b"\xff\xfe\xfa", "not JSON in Unicode"),
        (b'"schedule"', "not a schedule"),
        (b"[]", "not a schedule"),
        (b"{}", "not a schedule"),
        (b'{"schedule": 5}', "not a schedule: it holds “schedule”"),
        (b'{"schedule": {}}', "conference: This field is missing"),
        (b'{"schedule": {"conference": {}}}', "conference › title: This field is missing"),
        (file().replace(b'"id": 1', b'"id": NaN'), "NaN"),
        (file().replace(b'"id": 1', b'"id": -Infinity'), "-Infinity"),
        (file().replace(b'"id": 1', b'"id": 1' + b"0" * 5000), "not JSON"),
        (file().replace(b'"id": 1', b'"id": 1, "id": 1'), "Opening: “id” appears twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schedule":' * 100_000, "nested too deeply"),
        (b" " * (MOST_BYTES + 1) + b"{}", "too large"),
        (b"[" + b"[]," * 1_000_001 + b"[]]", "too large"),
    ],
)
def test_broken_json(data: bytes, what: str):
    assert any(what in said for said in faults_of(data))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"<schedule>", "is incomplete or malformed at line 1"),
        (b"<schedule></agenda>", "malformed"),
        (b"<agenda/>", "not a schedule"),
        (b"<schedule/>", "conference: This field is missing"),
        (b"<schedule><conference><title>T</title></conference></schedule>", "conference › days: This field is missing"),
        (b'<?xml version="1.0" encoding="klingon"?><schedule/>', "known encoding"),
        (b"<schedule><version>\xff</version></schedule>", "malformed"),
        (DEEP_XML, "nested too deeply"),
        (BOMB, "document type or entities"),
        (OUTSIDE, "document type or entities"),
        (b"<schedule>" + b"<a/>" * 1_000_001 + b"</schedule>", "too large"),
    ],
)
def test_broken_xml(data: bytes, what: str):
    assert any(what in said for said in faults_of(data, read_xml))


def test_an_xml_room_without_a_name_and_a_repeated_field():
    event = b"<event id='1'><title>T</title><title>U</title><date>2026-11-14T09:30:00Z</date><duration>1:00</duration></event>"
    day = b"<day date='2026-11-14'><room>" + event + b"</room></day>"
    head = b"<title>C</title><start>2026-11-14</start><end>2026-11-14</end><time_zone_name>UTC</time_zone_name>"
    data = b"<schedule><conference>" + head + b"</conference>" + day + b"</schedule>"
    assert warnings_of(data, sessions=1) == [
        "2026-11-14: This room has no name. Its sessions are taken without a hall.",
        "T: “title” appears twice in one place. The first one is taken.",
    ]


def test_the_camp_broken_off_anywhere():
    data = camp()
    for length in range(1, len(data), 9973):
        assert faults_of(data[:length])

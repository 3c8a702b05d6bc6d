"""Schedules as real conferences publish them: what can be decided is decided, and said."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rooms.programme.schedules.frab import read, read_file
from rooms.programme.schedules.frab_export import write_json, write_xml
from rooms.programme.schedules.schedule import Link, ScheduleFaults, ScheduleFile
from tests.support.schedules import SECOND, event, file, shared

SAMPLES = Path(__file__).parents[3] / "fixtures/imports"
ZONE = "Europe/Berlin"


def sample(name: str) -> ScheduleFile:
    return read_file((SAMPLES / name).read_bytes())


def warnings_of(found: ScheduleFile) -> list[str]:
    return [fault.text() for fault in found.notes.warnings]


def test_an_event_of_pentabarf_takes_place_on_the_day_under_which_it_is_listed():
    (session,) = sample("s01-no-date-classic-pentabarf.xml").schedule.sessions
    assert session.starts == datetime(2026, 12, 27, 9, tzinfo=UTC)


@pytest.mark.parametrize(("start", "day"), [("03:59", 28), ("04:00", 27)])
def test_what_begins_before_the_change_of_day_belongs_to_the_night_before(start: str, day: int):
    data = (SAMPLES / "s01-no-date-classic-pentabarf.xml").read_bytes().replace(b"10:00", start.encode())
    (session,) = read(data).sessions
    assert session.starts.day == day


def test_two_spellings_of_a_person_are_one_person():
    found = sample("s04-person-renamed-spelling.xml")
    assert [person.name for person in found.schedule.persons] == ["A. One"]
    assert "called “Ann One” here and “A. One” elsewhere. The other name is taken." in warnings_of(found)[0]


def test_two_people_of_one_id_are_two_people():
    found = read_file(file(event(persons=[{"id": 7, "name": "Ann One"}, {"id": 7, "name": "Bo Two"}])))
    assert [person.name for person in found.schedule.persons] == ["Ann One", "Bo Two"]
    assert "They are taken for two people." in warnings_of(found)[0]


def test_the_room_under_which_an_event_is_listed_is_taken():
    found = sample("s05-room-differs.xml")
    assert [session.hall for session in found.schedule.sessions] == ["Hall A"]
    assert "says room “Hall A (1st floor)” but is listed under “Hall A”" in warnings_of(found)[0]


def test_days_that_a_conference_does_not_name_are_those_of_its_sessions():
    info = sample("s09-no-start-end.xml").schedule.conference
    assert (info.first_day, info.last_day) == (date(2026, 12, 27), date(2026, 12, 27))


def test_a_conference_without_a_title_is_called_by_its_acronym():
    assert read(file(title=None)).conference.title == "ciep"


def test_a_textual_id_beside_a_guid_is_no_fault():
    found = sample("s11-textual-break-id.json")
    assert sorted(session.title for session in found.schedule.sessions) == ["A talk", "Break"]


@pytest.mark.parametrize(
    ("identity", "external"),
    [({"id": "break-1"}, "id:break-1"), ({"code": "ABC"}, "code:ABC"), ({"slug": "a-talk"}, "slug:a-talk")],
)
def test_what_identifies_a_session_without_a_guid(identity: dict[str, object], external: str):
    schedule = read(file(event(**{"guid": ..., "id": ..., **identity})))
    assert [session.external for session in schedule.sessions] == [external]
    assert read(write_json(schedule)).sessions == read(write_xml(schedule)).sessions == schedule.sessions


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([["Slides", "https://e.example/s.pdf"]], Link("https://e.example/s.pdf", "Slides")),
        ([["https://e.example/s.pdf", "Slides"]], Link("https://e.example/s.pdf", "Slides")),
        ("https://e.example/s.pdf", Link("https://e.example/s.pdf")),
    ],
)
def test_links_as_pairs_or_bare(links: object, expected: Link):
    assert read(file(event(links=links))).sessions[0].links == (expected,)


def test_links_as_pairs_in_a_file():
    assert sample("s12-links-as-pairs.json").schedule.sessions[0].links == (Link("https://e.example/s.pdf", "Slides"),)


def test_a_list_of_languages():
    assert sample("s16-language-list.json").schedule.sessions[0].language == "de, en"


def test_tracks_that_a_file_does_not_list_keep_their_order_when_a_talk_moves():
    one, two = event(track="Zebra"), SECOND | {"track": "Ant"}
    before = read(file(one, two))
    after = read(file(event(track="Zebra", date="2026-11-14T11:30:00+08:00", start="11:30"), two))
    assert [track.name for track in before.tracks] == [track.name for track in after.tracks] == ["Ant", "Zebra"]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"%PDF-1.7", "a PDF file"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "an iCalendar file"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'></html>", "a web page"),
        (b"<rss version='2.0'></rss>", "a news feed"),
        (b"<agenda/>", "an XML file, but not a schedule: its outermost element is <agenda>"),
        (b'{"talks": [], "rooms": [], "speakers": []}', "a pretalx schedule widget"),
        (b'{"count": 0, "next": null, "results": []}', "an answer of the pretalx API"),
        (b'[{"groupName": "All", "sessions": []}]', "a Sessionize file"),
        (b'{"version": 1, "events": []}', "a JSON file, but not a schedule: it holds “version”, “events”"),
        (b"title,start,end\r\nOpening,10:00,11:00\r\n", "a table (CSV)"),
    ],
)
def test_other_formats_are_named(data: bytes, named: str):
    with pytest.raises(ScheduleFaults) as caught:
        read(data)
    (fault,) = caught.value.faults
    assert named in fault.text()
    assert "Plenary reads the schedules of frab, pretalx, pentabarf and compatible programs" in fault.text()


@pytest.mark.parametrize(
    ("name", "sessions"),
    [
        ("28c3.xml", 85),
        ("fosdem_2021.xml", 773),
        ("fosdem2025.xml", 1074),
        ("38c3.xml", 1007),
        ("engel-minimal.xml", 1),
    ],
)
@pytest.mark.parametrize("write", [write_json, write_xml])
def test_real_schedules_come_in_whole_and_go_out_again(name: str, sessions: int, write: Callable[..., bytes]):
    found = read_file(shared(name), ZONE)
    assert len(found.schedule.sessions) == sessions
    assert found.notes.left_out == ()
    again = read_file(write(found.schedule), ZONE)
    assert again.schedule.sessions == found.schedule.sessions
    assert again.schedule.persons == found.schedule.persons
    assert again.notes.left_out == again.notes.warnings == ()


def test_the_night_of_a_real_schedule():
    (session,) = [each for each in read(shared("28c3.xml"), ZONE).sessions if each.number == 4721]
    assert session.starts == datetime(2011, 12, 27, 23, 15, tzinfo=UTC)

"""What is written can be read again, and says the same."""

import json
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.core.errors import Problem
from rooms.core.text import clean_line, clean_text
from rooms.programme.schedules.fields import LONG_TEXT, NAME, TITLE
from rooms.programme.schedules.frab import read_json, read_xml
from rooms.programme.schedules.frab_export import write_json, write_xml
from rooms.programme.schedules.schedule import ConferenceInfo, Hall, Link, Schedule, ScheduledSpeaker, Session, Track
from tests.support.schedules import camp


def cleaned(text: str, one_line: bool) -> str:
    try:
        return clean_line(text, TITLE) if one_line else clean_text(text, LONG_TEXT)
    except Problem:
        return ""


def lines(limit: int = NAME) -> st.SearchStrategy[str]:
    awkward = st.sampled_from(["<b>&amp;</b>", "开幕式", "e\u0301", '"\\', "=1+1", "%(title)s", "]]>", "👩‍🔬"])
    return st.one_of(awkward, st.text(max_size=limit // 4)).map(lambda text: cleaned(text, one_line=True))


names = lines().filter(bool)
texts = st.text(max_size=200).map(lambda text: cleaned(text, one_line=False))
links = st.builds(Link, st.sampled_from(["https://example.org/a?b=c&d", "http://例え.jp/"]), lines())
guids = st.uuids().map(str)
moments = st.integers(946684800, 2524608000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"])


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    first = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    halls = draw(
        st.lists(st.builds(Hall, names, st.one_of(st.just(""), guids), texts, st.none() | st.integers(0, 9999)))
    )
    tracks = draw(st.lists(st.builds(Track, names, st.sampled_from(["", "#3aa57c"]))))
    externals = (
        guids | st.integers(1, 10**9).map(lambda n: f"id:{n}") | st.from_regex(r"code:[A-Z0-9]{6}", fullmatch=True)
    )
    persons = draw(
        st.lists(st.builds(ScheduledSpeaker, externals, names, texts), unique_by=lambda person: person.external)
    )
    halls = list({hall.guid or hall.name: hall for hall in {hall.name: hall for hall in halls}.values()}.values())
    tracks = list({track.name: track for track in tracks}.values())
    sessions: list[Session] = []
    for number in range(1, draw(st.integers(1, 6))):
        sessions.append(
            Session(
                external=draw(guids) if draw(st.booleans()) else f"id:{number}",
                title=draw(names),
                starts=draw(moments),
                minutes=draw(st.integers(1, 7 * 24 * 60)),
                hall=draw(st.sampled_from([hall.name for hall in halls] or [""])),
                number=number,
                subtitle=draw(lines()),
                track=draw(st.sampled_from(["", *(track.name for track in tracks)])),
                kind=draw(st.sampled_from(["", "talk"])),
                language=draw(st.sampled_from(["", "en", "zh"])),
                abstract=draw(texts),
                description=draw(texts),
                persons=tuple(
                    draw(st.lists(st.sampled_from([p.external for p in persons]), unique=True)) if persons else ()
                ),
                links=tuple(draw(st.lists(links, max_size=3))),
                attachments=tuple(draw(st.lists(links, max_size=2))),
                do_not_record=draw(st.booleans()),
            )
        )
    spoken = {external for session in sessions for external in session.persons}
    return Schedule(
        conference=ConferenceInfo(draw(names), draw(zones), first, first + timedelta(days=draw(st.integers(0, 9)))),
        version=draw(lines()),
        tracks=tuple(tracks),
        halls=tuple(halls),
        persons=tuple(sorted((p for p in persons if p.external in spoken), key=lambda p: (p.name, p.external))),
        sessions=tuple(sorted(sessions, key=lambda s: (s.starts, s.hall, s.external))),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schedules())
def test_any_schedule_survives_either_format(schedule: Schedule):
    assert read_json(write_json(schedule)) == schedule
    assert read_xml(write_xml(schedule)) == schedule


def test_the_camp_survives_either_format():
    schedule = read_json(camp())
    assert read_json(write_json(schedule, "https://plenary.example/c/camp/programme")) == schedule
    assert read_xml(write_xml(schedule, "https://plenary.example/c/camp/programme")) == schedule


def test_both_sides_of_a_clock_put_back_stay_apart():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    info = ConferenceInfo("Night", "Europe/Berlin", date(2026, 10, 24), date(2026, 10, 25))
    sessions = (Session("id:1", "Late", first, 30, "Hall"), Session("id:2", "Later", second, 30, "Hall"))
    schedule = Schedule(conference=info, halls=(Hall("Hall"),), sessions=tuple(sessions))
    for reader, writer in ((read_json, write_json), (read_xml, write_xml)):
        assert [session.starts for session in reader(writer(schedule)).sessions] == [first, second]


def test_the_written_json_has_what_readers_of_frab_look_for():
    inner = json.loads(write_json(read_json(camp())))["schedule"]
    conference = inner["conference"]
    assert conference["time_zone_name"] == "Europe/Berlin"
    assert [day["date"] for day in conference["days"]][::5] == ["2019-08-21", "2019-08-26"]
    events = [event for day in conference["days"] for room in day["rooms"].values() for event in room]
    opening = next(event for event in events if event["id"] == 10386)
    assert opening["date"] == "2019-08-21T11:00:00+02:00"
    assert (opening["start"], opening["duration"]) == ("11:00", "00:30")
    assert opening["persons"][0] == {"id": 7797, "name": "jinxx", "public_name": "jinxx"}


def test_the_written_xml_nests_days_rooms_and_events():
    root = ElementTree.fromstring(write_xml(read_json(camp())))
    assert len(root.findall("day/room/event/persons/person")) == 96
    assert {room.get("name") for room in root.findall("day/room")} == {"Curie", "Meitner"}

"""What schedule files say is read whole and exactly, in every dialect."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rooms.programme.schedules.frab import read, read_json, read_xml
from rooms.programme.schedules.schedule import Hall, Link, Track
from tests.support.schedules import camp, camp_events, event, file

BERLIN = ZoneInfo("Europe/Berlin")


def test_the_camp_is_read_whole():
    schedule = read_json(camp())
    events = camp_events()
    assert len(schedule.sessions) == len(events) == 79
    assert schedule.conference.title == "Chaos Communication Camp 2019"
    assert schedule.conference.zone == "Europe/Berlin"
    assert (schedule.conference.first_day, schedule.conference.last_day) == (date(2019, 8, 21), date(2019, 8, 26))
    assert [hall.name for hall in schedule.halls] == ["Curie", "Meitner"]
    assert {track.name for track in schedule.tracks} == {event["track"] for event in events}
    assert {person.external for person in schedule.persons} == {
        f"id:{person['id']}" for event in events for person in event["persons"]
    }


def test_every_session_of_the_camp_is_exact():
    schedule = read_json(camp())
    sessions = {session.number: session for session in schedule.sessions}
    names = {person.external: person.name for person in schedule.persons}
    for received in camp_events():
        session = sessions[received["id"]]
        hours, minutes = map(int, received["duration"].split(":"))
        local = session.starts.astimezone(BERLIN)
        assert session.external == received["guid"]
        assert session.starts.tzinfo is UTC
        assert local.isoformat() == received["date"]
        assert f"{local:%H:%M}" == received["start"]
        assert session.ends - session.starts == timedelta(hours=hours, minutes=minutes)
        assert (session.hall, session.track, session.kind) == (received["room"], received["track"], received["type"])
        assert session.language == received["language"]
        assert session.title == " ".join(received["title"].split())
        assert [names[person] for person in session.persons] == [
            " ".join(person["public_name"].split()) for person in received["persons"]
        ]
        assert session.description.split() == (received["description"] or "").split()
        assert session.abstract.split() == (received["abstract"] or "").split()
        assert [link.url for link in session.links] == [
            link["url"].replace("nymtech.net", "https://nymtech.net") for link in received["links"]
        ]
        assert len(session.attachments) == len(received["attachments"])


def test_addresses_are_completed_from_the_base():
    logos = {session.logo for session in read_json(camp()).sessions if session.logo}
    expected = "https://fahrplan.events.ccc.de/system/events/logos/000/010/309/large/edri_logo.png?1560268483"
    assert expected in logos


PRETALX_EVENT = event(
    code="G9JGWY",
    url="https://pretalx.example/ciep/talk/G9JGWY/",
    feedback_url="https://pretalx.example/ciep/talk/G9JGWY/feedback/",
    logo="",
    links=[{"title": "Slides", "url": "https://example.org/slides", "type": "related"}, "https://example.org/bare"],
    do_not_record=True,
    track={"de": "Forum", "en": "Forum"},
    persons=[
        {"id": 26, "code": "NQTF8Y", "public_name": "Brian Robinson", "biography": "Teaches.\r\nReads.", "answers": []},
        {
            "guid": "B379C473-93B9-4EAE-9A09-D482E86CEDE3",
            "code": "XHSHNG",
            "name": "王芳",
            "avatar": "https://pretalx.example/avatar.jpg",
            "url": "https://pretalx.example/ciep/speaker/XHSHNG/",
        },
        {"full_public_name": "Jordan Parks"},
        "Kimberly Griffin",
    ],
)


def test_the_fields_of_pretalx():
    schedule = read_json(
        file(
            PRETALX_EVENT,
            rooms=[{"name": "Hall 1", "guid": "b379c473", "description": None, "capacity": 400}, {"name": "Hall 2"}],
            tracks=[{"name": "Forum", "color": "#3AA57C", "slug": "1-forum"}, {"name": "Fair", "color": "green"}],
        )
    )
    (session,) = schedule.sessions
    assert session.code == "G9JGWY"
    assert session.do_not_record
    assert session.links == (Link("https://example.org/slides", "Slides"), Link("https://example.org/bare"))
    assert session.feedback_url == "https://pretalx.example/ciep/talk/G9JGWY/feedback/"
    assert schedule.halls == (Hall("Hall 1", "b379c473", capacity=400), Hall("Hall 2"))
    assert schedule.tracks == (Track("Forum", "#3aa57c"), Track("Fair"))
    persons = {person.name: person for person in schedule.persons}
    assert set(persons) == {"Brian Robinson", "王芳", "Jordan Parks", "Kimberly Griffin"}
    assert persons["Brian Robinson"].external == "code:NQTF8Y"
    assert persons["Brian Robinson"].biography == "Teaches.\nReads."
    assert persons["王芳"].external == "b379c473-93b9-4eae-9a09-d482e86cede3"


def test_rooms_that_share_a_guid_are_distinguished_by_name():
    rooms = [{"name": "Hall 1", "guid": "g"}, {"name": "Hall 2", "guid": "g"}, {"name": "Hall 3", "guid": "h"}]
    assert read_json(file(rooms=rooms)).halls == (Hall("Hall 1"), Hall("Hall 2"), Hall("Hall 3", "h"))


def test_persons_keep_the_order_of_the_file():
    schedule = read_json(file(PRETALX_EVENT))
    names = {person.external: person.name for person in schedule.persons}
    spoken = [names[person] for person in schedule.sessions[0].persons]
    assert spoken == ["Brian Robinson", "王芳", "Jordan Parks", "Kimberly Griffin"]


@pytest.mark.parametrize(
    ("date_written", "start", "moment"),
    [
        ("2026-11-14T09:30:00+08:00", "09:30", "2026-11-14T01:30:00+00:00"),
        ("2026-11-14T01:30:00Z", "09:30", "2026-11-14T01:30:00+00:00"),  # written in UTC, the clock in the zone
        ("2026-11-14T02:30:00+01:00", "02:30", "2026-11-14T01:30:00+00:00"),  # written in the offset of the exporter
        ("2026-11-14T09:30:00", "09:30", "2026-11-14T01:30:00+00:00"),
        ("2026-11-14 09:30", "9:30", "2026-11-14T01:30:00+00:00"),
        ("2026-11-14", "09:30", "2026-11-14T01:30:00+00:00"),
        ("2026-11-14T09:30:00+0800", ..., "2026-11-14T01:30:00+00:00"),
    ],
)
def test_the_ways_to_write_a_date(date_written: str, start: str, moment: str):
    (session,) = read_json(file(event(date=date_written, start=start))).sessions
    assert session.starts == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("received", "minutes"),
    [("00:45", 45), ("1:30", 90), ("03:00", 180), ("36:00", 2160), ("01:30:00", 90), ("1:02:30", 1590)],
)
def test_the_ways_to_write_a_duration(received: str, minutes: int):
    (session,) = read_json(file(event(duration=received))).sessions
    assert session.minutes == minutes


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-03-29T01:59:00", "2026-03-29T00:59:00+00:00"),  # the last minute of winter
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00+00:00"),  # the first of summer
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00+00:00"),  # comes twice: the offset tells which
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_changes_of_the_clocks(local: str, utc: str):
    berlin = event(date=local, start=local[11:16])
    (session,) = read_json(file(berlin, time_zone_name="Europe/Berlin")).sessions
    assert session.starts == datetime.fromisoformat(utc)


def test_a_zone_may_come_from_outside_when_the_file_names_none():
    (session,) = read_json(file(event(date="2026-11-14T09:30"), time_zone_name=None), "Asia/Shanghai").sessions
    assert session.starts == datetime(2026, 11, 14, 1, 30, tzinfo=UTC)


def test_without_a_guid_the_id_identifies():
    (session,) = read_json(file(event(guid=...))).sessions
    assert session.external == "id:1"


def test_a_talk_given_twice_keeps_its_id():
    again = event(guid="a179c8ac-e6eb-5b25-8ed0-c5828ef7b6d9", date="2026-11-15T09:30:00+08:00", code="G9JGWY")
    schedule = read_json(file(event(code="G9JGWY"), again))
    assert [session.number for session in schedule.sessions] == [1, 1]


def test_texts_are_cleaned():
    received = event(
        title="A\u202elive\x1b[31m\u0000 \n talk", abstract="<b>bold</b>\r\n\x07cafe\u0301", track="\u2067Fair"
    )
    (session,) = read_json(file(received)).sessions
    assert session.title == "Alive talk"
    assert session.abstract == "<b>bold</b>\ncaf\u00e9"  # the source stays; it is shown as text
    assert session.track == "Fair"


def test_addresses_that_lead_nowhere_are_left_out():
    links = [{"url": "javascript:alert(1)"}, {"url": "data:text/html,x"}, {"url": "https://["}, {"url": "http:///x"}]
    (session,) = read_json(
        file(event(url="javascript:alert(1)", links=[*links, {"url": "https://ok.example"}]))
    ).sessions
    assert session.url == ""
    assert session.links == (Link("https://ok.example"),)


XML = """<?xml version='1.0' encoding='utf-8'?>
<schedule>
  <generator name="pretalx" version="2024.3.1"/>
  <version>0.3</version>
  <conference>
    <acronym>ciep</acronym><title>Conference &amp; Fair</title>
    <start>2026-11-14</start><end>2026-11-15</end><days>2</days>
    <timeslot_duration>00:05</timeslot_duration>
    <base_url>https://pretalx.example</base_url>
    <time_zone_name>Asia/Shanghai</time_zone_name>
    <track name="Forum" slug="1-forum" color="#3aa57c"/>
  </conference>
  <day index='1' date='2026-11-14' start='2026-11-14T04:00:00+08:00' end='2026-11-15T03:59:00+08:00'>
    <room name='Hall 1' guid='b379c473-93b9-4eae-9a09-d482e86cede3'>
      <event guid='8079583e-8321-506c-95af-fd2903a5f075' id='25' code='G9JGWY'>
        <room>Hall 1</room><title>主旨演讲 &lt;1&gt;</title><subtitle></subtitle><type>Talk</type>
        <date>2026-11-14T09:30:00+08:00</date><start>09:30</start><duration>00:45</duration>
        <abstract>&lt;p&gt;Short&lt;/p&gt;</abstract><slug>ciep-25</slug><track>Forum</track>
        <persons><person id='26' guid='c379c473-93b9-4eae-9a09-d482e86cede3'>Li Wei</person><person id='27'>Anna</person></persons>
        <language>zh</language><description>Long</description>
        <recording><license>CC BY</license><optout>true</optout></recording>
        <links><link href="https://example.org/">Notes</link></links>
        <attachments><attachment href="/media/slides.pdf">Slides</attachment></attachments>
        <feedback_url>https://pretalx.example/f</feedback_url>
      </event>
    </room>
    <room name='Hall 2'></room>
  </day>
</schedule>
"""


def test_xml_of_pretalx():
    schedule = read_xml(XML.encode())
    (session,) = schedule.sessions
    assert schedule.conference.title == "Conference & Fair"
    assert schedule.halls == (Hall("Hall 1", "b379c473-93b9-4eae-9a09-d482e86cede3"), Hall("Hall 2"))
    assert schedule.tracks == (Track("Forum", "#3aa57c"),)
    assert session.title == "主旨演讲 <1>"
    assert session.abstract == "<p>Short</p>"
    assert session.starts == datetime(2026, 11, 14, 1, 30, tzinfo=UTC)
    assert (session.number, session.minutes, session.do_not_record) == (25, 45, True)
    assert session.links == (Link("https://example.org/", "Notes"),)
    assert session.attachments == (Link("https://pretalx.example/media/slides.pdf", "Slides"),)
    assert session.persons == ("c379c473-93b9-4eae-9a09-d482e86cede3", "id:27")


def test_either_format_is_recognised_by_its_content():
    assert read(XML.encode()).conference.acronym == "ciep"
    assert read(b"\xef\xbb\xbf" + file()).conference.acronym == "ciep"
    assert read(XML.replace("utf-8", "utf-16").encode("utf-16")) == read(XML.encode())

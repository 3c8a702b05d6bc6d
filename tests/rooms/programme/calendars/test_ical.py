"""Calendars that other programs can follow: valid by RFC 5545, the same moment everywhere, updated in place."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from rooms.programme.calendars.ical import CalendarEntry, calendar

BERLIN = ZoneInfo("Europe/Berlin")
OPENING = CalendarEntry(
    session="q3v9k2m8x1c7b5n4z6l0",
    title="Opening; talents, and hubs \\ 开幕式：加快建设具有全球重要影响力的人才中心和创新高地 of global importance",
    starts=datetime(2026, 11, 14, 1, 30, tzinfo=UTC),
    ends=datetime(2026, 11, 14, 3, 0, tzinfo=UTC),
    revision=2,
    changed=datetime(2026, 10, 1, 12, 0, 5, 999, tzinfo=UTC),
    url="https://plenary.example/c/ciep/sessions/q3v9k2m8x1c7b5n4z6l0",
    place="Shenzhen, Hall 1",
    track="Ethics, Society & Politics",
    summary="First line.\nSecond line.",
    speakers=("Li Wei", "Anna Schmidt"),
)


def written(*entries: CalendarEntry, zone: str = "Asia/Shanghai") -> bytes:
    return calendar("Conference, 20th", zone, "plenary.example", entries, "https://plenary.example/c/ciep/programme")


def components(data: bytes) -> list[Any]:
    return list(Calendar.from_ical(data).walk("VEVENT"))


def events(data: bytes) -> list[dict[str, Any]]:
    return [{str(name): event.decoded(name) for name in event} for event in components(data)]


def test_a_session_as_another_program_reads_it():
    (event,) = events(written(OPENING))
    assert event["UID"] == "q3v9k2m8x1c7b5n4z6l0@plenary.example"
    assert event["SUMMARY"] == OPENING.title
    assert event["DTSTART"] == OPENING.starts
    assert event["DTEND"] == OPENING.ends
    assert event["SEQUENCE"] == 2
    assert event["LAST-MODIFIED"] == event["DTSTAMP"] == datetime(2026, 10, 1, 12, 0, 5, tzinfo=UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert event["LOCATION"] == "Shenzhen, Hall 1"
    assert event["URL"] == OPENING.url
    description = str(event["DESCRIPTION"])
    assert description.startswith("Li Wei, Anna Schmidt\n\nFirst line.\nSecond line.")
    assert description.endswith(f"2026-11-14 09:30 Asia/Shanghai\n\n{OPENING.url}")


def test_a_track_with_a_comma_is_one_category():
    (event,) = components(written(OPENING))
    assert event["CATEGORIES"].cats == ["Ethics, Society & Politics"]


def test_the_calendar_says_what_it_is_and_how_often_to_ask():
    found: Any = Calendar.from_ical(written(OPENING))
    assert found["VERSION"] == "2.0"
    assert found["PRODID"]
    assert found["X-WR-CALNAME"] == found["NAME"] == "Conference, 20th"
    assert found["X-WR-TIMEZONE"] == "Asia/Shanghai"
    assert found.decoded("REFRESH-INTERVAL") == timedelta(minutes=30)
    assert b"X-PUBLISHED-TTL:PT30M\r\n" in written(OPENING)
    assert found["URL"] == "https://plenary.example/c/ciep/programme"


def test_lines_are_folded_at_75_octets_and_end_in_crlf():
    data = written(OPENING)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_every_session_has_what_rfc_5545_requires():
    other = replace(OPENING, session="a" * 20)
    found = events(written(OPENING, other))
    assert len({event["UID"] for event in found}) == 2
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)


def test_a_cancelled_session_stays_as_cancelled_under_a_higher_sequence():
    (before,) = events(written(OPENING))
    (after,) = events(written(replace(OPENING, cancelled=True, revision=3)))
    assert after["UID"] == before["UID"]
    assert after["STATUS"] == "CANCELLED"
    assert after["SEQUENCE"] == 3


def test_the_same_programme_gives_the_same_bytes():
    other = replace(OPENING, session="a" * 20, place="Hall 2")
    assert written(OPENING, other) == written(other, OPENING)


@pytest.mark.parametrize(
    ("starts", "there"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2026-03-29 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 03:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25 02:30"),
    ],
)
def test_changes_of_the_clocks(starts: datetime, there: str):
    (event,) = events(written(replace(OPENING, starts=starts, ends=starts + timedelta(hours=2)), zone="Europe/Berlin"))
    assert event["DTSTART"] == starts
    assert event["DTEND"] == starts + timedelta(hours=2)
    assert f"{there} Europe/Berlin" in str(event["DESCRIPTION"])


def test_an_empty_calendar_is_still_one():
    assert components(written()) == []

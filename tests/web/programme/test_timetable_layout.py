"""How a programme is laid out: days that last into the night, halls side by side, zones, and changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rooms.programme.messages import SessionState
from rooms.programme.timetable import TimetableEntry
from web.pages.programme.timetable_layout import Day, Span, event_days, lay_out

BERLIN, SHANGHAI, HONOLULU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai"), ZoneInfo("Pacific/Honolulu")
HALLS = ["Main Hall", "Studio"]


def entry(id: str, starts: str, minutes: int = 60, *, zone: ZoneInfo = BERLIN, **changes: Any) -> TimetableEntry:
    """A session that begins at a local time, such as "2026-11-20 09:00"; `fold` chooses between two such times."""
    begins = datetime.fromisoformat(starts).replace(tzinfo=zone, fold=changes.pop("fold", 0)).astimezone(UTC)
    fields: dict[str, Any] = {
        "id": id,
        "room": f"room of {id}",
        "title": id.title(),
        "subtitle": "",
        "abstract": "",
        "texts": {},
        "track": "",
        "colour": "",
        "place": "Main Hall",
        "language": "en",
        "kind": "talk",
        "starts_at": begins,
        "ends_at": begins + timedelta(minutes=minutes),
        "cancelled": False,
        "state": SessionState.SCHEDULED,
        "revision": 0,
        "changed_at": begins,
        "imported": False,
        "speakers": (),
    }
    return TimetableEntry(**fields | changes)


def laid_out(*entries: TimetableEntry, event: ZoneInfo = BERLIN, shown: ZoneInfo | None = None) -> list[Day]:
    return lay_out(entries, HALLS, ["Forum", "Talent"], event, shown or event)


def times(day: Day) -> list[tuple[str, str, int, str, int]]:
    return [(each.entry.id, each.starts.text, each.starts.shift, each.ends.text, each.ends.shift) for each in day.slots]


def test_the_small_hours_belong_to_the_evening_before() -> None:
    party, opening = entry("party", "2026-11-21 00:30"), entry("opening", "2026-11-20 09:00")
    [day] = laid_out(party, opening)
    assert day.date == date(2026, 11, 20)
    assert times(day) == [("opening", "09:00", 0, "10:00", 0), ("party", "00:30", 1, "01:30", 1)]


def test_small_hours_without_an_evening_are_a_day_of_their_own() -> None:
    [day] = laid_out(entry("vigil", "2026-11-21 03:00"))
    assert day.date == date(2026, 11, 21)
    assert times(day) == [("vigil", "03:00", 0, "04:00", 0)]


def test_in_another_zone_days_stay_and_times_tell_how_far_their_date_is_off() -> None:
    morning, evening = entry("morning", "2026-11-20 08:00"), entry("evening", "2026-11-20 20:00")
    [far_east] = laid_out(morning, evening, shown=SHANGHAI)
    assert far_east.date == date(2026, 11, 20)
    assert times(far_east) == [("morning", "15:00", 0, "16:00", 0), ("evening", "03:00", 1, "04:00", 1)]
    [far_west] = laid_out(morning, evening, shown=HONOLULU)
    assert times(far_west) == [("morning", "21:00", -1, "22:00", -1), ("evening", "09:00", 0, "10:00", 0)]


def test_the_night_when_clocks_go_back_has_an_hour_more() -> None:
    # On 25 October 2026 Berlin shows 02:30 twice.
    first = entry("first", "2026-10-25 02:30", 30, fold=0)
    second = entry("second", "2026-10-25 02:30", 30, fold=1)
    [day] = laid_out(first, second)
    assert [each.starts.text for each in day.slots] == ["02:30 UTC+2", "02:30 UTC+1"]
    assert [each.after for each in day.slots] == [Span(0, 6), Span(1, 6)]
    assert [mark.clock.text for mark in day.marks] == ["02:00 UTC+2", "02:00 UTC+1"]
    [seen_from_shanghai] = laid_out(first, second, shown=SHANGHAI)
    assert [each.starts.text for each in seen_from_shanghai.slots] == ["08:30", "09:30"]


def test_the_night_when_clocks_go_forward_has_an_hour_less() -> None:
    # On 29 March 2026 Berlin goes from 02:00 to 03:00.
    [day] = laid_out(entry("night", "2026-03-29 01:00", 120))
    assert times(day) == [("night", "01:00", 0, "04:00", 0)]
    assert day.slots[0].lasts == Span(2, 0)
    assert [mark.clock.text for mark in day.marks] == ["01:00", "03:00"]


def test_zones_that_change_their_clocks_on_different_days() -> None:
    # New York goes back a week after Berlin: in that week it is five hours behind, not six.
    york = ZoneInfo("America/New_York")
    [before] = laid_out(entry("talk", "2026-10-23 15:00"), shown=york)
    [between] = laid_out(entry("talk", "2026-10-28 15:00"), shown=york)
    assert (before.slots[0].starts.text, between.slots[0].starts.text) == ("09:00", "10:00")


def test_halls_are_side_by_side_in_their_order() -> None:
    [day] = laid_out(
        entry("a", "2026-11-20 09:00", place="Studio"),
        entry("b", "2026-11-20 09:00", place="Main Hall"),
        entry("c", "2026-11-20 09:00", place=""),
    )
    assert [(column.hall, column.column) for column in day.columns] == [("Main Hall", 1), ("Studio", 2), ("", 3)]
    assert {each.entry.id: each.column for each in day.slots} == {"a": 2, "b": 1, "c": 3}


def test_sessions_at_once_in_one_hall_do_not_cover_each_other() -> None:
    [day] = laid_out(
        entry("long", "2026-11-20 09:00", 120),
        entry("short", "2026-11-20 09:30", 30),
        entry("after", "2026-11-20 10:00", 30),
        entry("elsewhere", "2026-11-20 09:00", place="Studio"),
    )
    assert [tuple(column) for column in day.columns] == [("Main Hall", 1, 2), ("Studio", 3, 1)]
    assert day.width == 3
    assert {each.entry.id: each.column for each in day.slots} == {"long": 1, "short": 2, "after": 2, "elsewhere": 3}


def test_hours_without_sessions_are_left_out_when_there_are_several() -> None:
    [day] = laid_out(
        entry("morning", "2026-11-20 09:15", 45),
        entry("noon", "2026-11-20 11:00"),
        entry("evening", "2026-11-20 18:00", 90),
    )
    assert [(mark.clock.text, mark.gap) for mark in day.marks] == [
        ("09:00", False),
        ("10:00", False),
        ("11:00", False),
        ("18:00", True),
        ("19:00", False),
    ]
    assert [(each.after, each.lasts) for each in day.slots] == [
        (Span(0, 3), Span(0, 9)),
        (Span(2, 0), Span(1, 0)),
        (Span(3, 0), Span(1, 6)),
    ]


def test_zones_at_a_quarter_to() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    [day] = laid_out(entry("talk", "2026-11-20 09:20", zone=kathmandu), event=kathmandu)
    assert day.slots[0].after == Span(0, 4)
    assert day.marks[0].clock.text == "09:00"


def test_what_no_grid_can_hold_stays_within_it() -> None:
    many = [entry(f"talk {number}", "2026-11-20 09:00", 30) for number in range(50)]
    [day] = laid_out(*many, entry("hackathon", "2026-11-20 09:00", 48 * 60))
    assert day.width == 40
    assert max(each.column for each in day.slots) == 40
    assert max(each.lasts for each in day.slots) == Span(24, 0)


def test_tracks_are_numbered_from_one() -> None:
    [day] = laid_out(entry("a", "2026-11-20 09:00", track="Talent"), entry("b", "2026-11-20 10:00"))
    assert [each.track for each in day.slots] == [2, 0]


def test_days_of_moments() -> None:
    moments = [entry("x", text).starts_at for text in ("2026-11-20 23:00", "2026-11-21 04:59", "2026-11-21 05:00")]
    assert event_days(moments, BERLIN) == [date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 21)]

"""The plan of an import, shown before anything is changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from rooms.core.imports.plan import Act, Change, Item
from rooms.programme.imports.plan import SchedulePlan, compare
from rooms.programme.imports.stored import Stored, StoredPerson, StoredSession
from rooms.programme.queries import Conference
from rooms.programme.schedules.schedule import ConferenceInfo, Hall, Schedule, ScheduledSpeaker, Session, Track

INFO = ConferenceInfo("Forum", "Asia/Shanghai", date(2026, 11, 14), date(2026, 11, 15))
AT = datetime(2026, 11, 14, 1, 30, tzinfo=UTC)
OPENING = Session("id:1", "Opening", AT, 45, "Hall 1", number=1, track="Forum", persons=("id:7",))
CLOSING = Session("id:2", "Closing", AT + timedelta(hours=8), 30, "Hall 2", number=2, track="Fair")
LI = ScheduledSpeaker("id:7", "Li Wei")
SCHEDULE = Schedule(
    conference=INFO,
    tracks=(Track("Forum"), Track("Fair")),
    halls=(Hall("Hall 1"), Hall("Hall 2")),
    persons=(LI,),
    sessions=(OPENING, CLOSING),
)


def stored(schedule: Schedule, *, imported: bool = True, kept: bool = False, cancelled: tuple[str, ...] = ()) -> Stored:
    """What the database holds after a schedule was imported (or, `imported` false, made by hand)."""
    days = (INFO.zone, INFO.first_day, INFO.last_day)
    row = Conference("c", "forum", "Forum", "", "", {}, *days, "public", True, 4, False, 10, "r")
    return Stored(
        conference=row,
        info=schedule.conference,
        tracks={track.name: (f"t-{track.name}", track) for track in schedule.tracks},
        halls={hall.name: (f"h-{hall.name}", hall) for hall in schedule.halls},
        persons={person.external: StoredPerson(person.external, person, kept) for person in schedule.persons},
        sessions={
            session.external: StoredSession(session.external, session, imported, session.external in cancelled)
            for session in schedule.sessions
        },
    )


NOTHING = Schedule(conference=INFO)


def test_everything_is_new_to_an_empty_conference():
    plan = compare(stored(NOTHING), SCHEDULE)
    assert plan.tracks == (Item(Act.ADDED, "Forum", "Forum"), Item(Act.ADDED, "Fair", "Fair"))
    assert plan.halls == (Item(Act.ADDED, "Hall 1", "Hall 1"), Item(Act.ADDED, "Hall 2", "Hall 2"))
    assert plan.persons == (Item(Act.ADDED, "id:7", "Li Wei"),)
    assert plan.sessions == (Item(Act.ADDED, "id:1", "Opening"), Item(Act.ADDED, "id:2", "Closing"))
    assert not plan.empty


def test_nothing_is_to_be_done_twice():
    assert compare(stored(SCHEDULE), SCHEDULE) == SchedulePlan()
    assert compare(stored(SCHEDULE), SCHEDULE).empty


@pytest.mark.parametrize(
    ("changed", "act", "changes"),
    [
        (
            replace(OPENING, title="Grand opening", language="zh"),
            Act.CHANGED,
            (Change("title", "Opening", "Grand opening"), Change("language", "", "zh")),
        ),
        (
            replace(OPENING, starts=AT + timedelta(hours=1)),
            Act.MOVED,
            (Change("starts", "2026-11-14 09:30", "2026-11-14 10:30"),),
        ),
        (replace(OPENING, minutes=60), Act.MOVED, (Change("minutes", "45", "60"),)),
        (replace(OPENING, hall="Hall 2"), Act.MOVED, (Change("hall", "Hall 1", "Hall 2"),)),
        (replace(OPENING, persons=()), Act.CHANGED, (Change("persons", "Li Wei", ""),)),
        (replace(OPENING, abstract="x" * 300), Act.CHANGED, (Change("abstract", "", "x" * 199 + "…"),)),
    ],
)
def test_a_session_field_by_field(changed: Session, act: Act, changes: tuple[Change, ...]):
    plan = compare(stored(SCHEDULE), replace(SCHEDULE, sessions=(changed, CLOSING)))
    assert plan.sessions == (Item(act, "id:1", changed.title, changes),)


def test_a_session_gone_from_the_file_is_cancelled_once():
    without = replace(SCHEDULE, sessions=(OPENING,))
    assert compare(stored(SCHEDULE), without).sessions == (Item(Act.CANCELLED, "id:2", "Closing"),)
    assert compare(stored(SCHEDULE, cancelled=("id:2",)), without).empty


def test_a_session_back_in_the_file_is_restored():
    plan = compare(stored(SCHEDULE, cancelled=("id:2",)), SCHEDULE)
    assert plan.sessions == (Item(Act.RESTORED, "id:2", "Closing"),)


def test_what_was_made_here_is_left_alone():
    plan = compare(stored(SCHEDULE, imported=False, kept=True), NOTHING)
    assert plan == SchedulePlan()


def test_what_nothing_needs_any_longer_is_removed():
    without = Schedule(conference=INFO, halls=(Hall("Hall 2"),), sessions=(replace(CLOSING, track=""),))
    plan = compare(stored(replace(SCHEDULE, sessions=(CLOSING,))), without)
    assert plan.tracks == (Item(Act.REMOVED, "Forum", "Forum"), Item(Act.REMOVED, "Fair", "Fair"))
    assert plan.halls == (Item(Act.REMOVED, "Hall 1", "Hall 1"),)
    assert plan.persons == (Item(Act.REMOVED, "id:7", "Li Wei"),)


def test_a_cancelled_session_keeps_its_track_hall_and_speakers():
    plan = compare(stored(SCHEDULE), Schedule(conference=INFO))
    assert {item.act for item in plan.sessions} == {Act.CANCELLED}
    assert (plan.tracks, plan.halls, plan.persons) == ((), (), ())


def test_a_speaker_who_has_signed_in_is_never_removed():
    alone = replace(SCHEDULE, sessions=())
    gone = replace(alone, persons=())
    assert compare(stored(alone), gone).persons == (Item(Act.REMOVED, "id:7", "Li Wei"),)
    assert compare(stored(alone, kept=True), gone).persons == ()


def test_the_sessions_of_a_changed_speaker_are_listed():
    plan = compare(stored(SCHEDULE), replace(SCHEDULE, persons=(ScheduledSpeaker("id:7", "Li Wei", "Teaches."),)))
    assert plan.persons == (Item(Act.CHANGED, "id:7", "Li Wei", (Change("biography", "", "Teaches."),)),)
    assert plan.sessions == ()
    assert plan.touched == ("id:1",)


def test_the_order_of_tracks_and_their_particulars():
    turned = replace(SCHEDULE, tracks=(Track("Fair", "#3aa57c"), Track("New"), Track("Forum")))
    assert compare(stored(SCHEDULE), turned).tracks == (
        Item(Act.CHANGED, "Fair", "Fair", (Change("colour", "", "#3aa57c"), Change("position", "2", "1"))),
        Item(Act.ADDED, "New", "New"),
        Item(Act.CHANGED, "Forum", "Forum", (Change("position", "1", "2"),)),
    )


def test_the_conference_itself():
    other = replace(INFO, zone="Europe/Berlin", last_day=date(2026, 11, 16), acronym="other", url="https://x.example")
    assert compare(stored(SCHEDULE), replace(SCHEDULE, conference=other)).conference == (
        Change("zone", "Asia/Shanghai", "Europe/Berlin"),
        Change("last_day", "2026-11-15", "2026-11-16"),
    )

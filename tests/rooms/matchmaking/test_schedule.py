"""A schedule from its start to its booked meetings: who sees what, what changes it, and why wishes are not met."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.core.store.tables import audit
from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule import messages as s
from rooms.matchmaking.schedule import publication, queries, runner, solving
from rooms.matchmaking.schedule.messages import LeftOut, Objection, PlannedState, RunState, Unplaced
from rooms.matchmaking.tables import match_runs, planned_meetings, planned_people, unplaced_wishes
from rooms.meetings.bookings import messages as bm
from rooms.meetings.bookings.tables import bookings
from rooms.organisations.messages import OrganisationRole, SetMember
from rooms.people import erasure
from rooms.people.messages import BlockPerson
from tests.support.bookings import booked, open_times, slot, table
from tests.support.matchmaking import (
    carried_on,
    drafted_schedule,
    joined,
    opened,
    planned_meeting,
    published_schedule,
    shown_schedule,
    started,
)
from tests.support.refusals import refused
from tests.support.world import World


async def run_of(world: World, run: str) -> Any:
    async with world.engine.database.read() as connection:
        return (await connection.execute(sa.select(match_runs).where(match_runs.c.id == run))).one()


async def reasons(world: World, run: str, who: str) -> dict[str, str]:
    """Why the wishes of a person are not met, by name."""
    async with world.engine.database.read() as connection:
        return {row.name: row.reason for row in await queries.unplaced_for(connection, run, world.people[who])}


async def meetings(world: World, run: str, who: str) -> list[queries.PlannedView]:
    async with world.engine.database.read() as connection:
        return await queries.planned_for(connection, run, world.people[who])


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [notice.kind for notice in view.snapshot.notices]  # type: ignore[attr-defined]


async def wish(world: World, who: str, other: str, kind: WishKind = WishKind.MEET, **changes: Any) -> None:
    await world.do(who, m.SetWish(world.people[other], kind, **changes), room=world.lobby)


async def test_from_wishes_to_booked_meetings(grown_world: World) -> None:
    world = grown_world
    run = await drafted_schedule(world)
    row = await run_of(world, run)
    assert (row.state, row.done, row.figures["wishes"], row.figures["asked"]) == ("draft", 100, 1, 1)
    async with world.engine.database.read() as connection:
        assert await queries.visible_run(connection, world.conference) is None, "participants do not see a draft"
    await world.do("organiser", s.ShowSchedule(run), room=world.lobby)
    await carried_on(world)
    assert await notices(world, "attendee") == await notices(world, "other") == ["schedule.shown"]
    world.clock.advance(seconds=1)
    await world.do("organiser", s.PublishSchedule(run), room=world.lobby)
    await carried_on(world)
    assert (await run_of(world, run)).state == RunState.PUBLISHED.value
    meeting = await planned_meeting(world, run, "attendee")
    assert meeting.state == PlannedState.BOOKED.value
    async with world.engine.database.read() as connection:
        (booking,) = (await connection.execute(sa.select(bookings))).all()
        acts = list((await connection.execute(sa.select(audit.c.act).where(audit.c.act.like("schedule.%")))).scalars())
    assert booking.starts_at == meeting.starts_at
    assert acts == ["schedule.start", "schedule.show", "schedule.publish"]
    assert (await notices(world, "other"))[0] == "schedule.published"
    assert await publication.carry_on(world.engine) == 0, "nobody is notified twice"


async def test_a_no_is_final_and_looks_like_a_full_calendar(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other", "speaker", "staff")
    await wish(world, "attendee", "other", WishKind.MUST)
    await wish(world, "other", "attendee", WishKind.NO)
    # The speaker is not free at any time.
    await wish(world, "attendee", "speaker", WishKind.MUST)
    for number in range(6):
        await booked(world, "speaker", "staff", at=slot(number))
    run = await drafted_schedule(world)
    assert await meetings(world, run, "attendee") == []
    assert await reasons(world, run, "attendee") == {"Other": Unplaced.OTHER, "Speaker": Unplaced.OTHER}
    async with world.engine.database.read() as connection:
        assert await queries.unplaced_counts(connection, run) == {("must", "other"): 2}


async def test_every_wish_that_is_not_met_has_its_reason(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other", "speaker", "staff", "colleague", "owner", most=1)
    await wish(world, "attendee", "other", WishKind.MUST)
    await wish(world, "attendee", "speaker")
    await wish(world, "staff", "colleague")
    await booked(world, "staff", "colleague")
    await booked(world, "owner", "moderator")
    for number in range(6):
        if number:
            await booked(world, "owner", "moderator", at=slot(number))
    await wish(world, "owner", "speaker")
    run = await drafted_schedule(world)
    assert await reasons(world, run, "attendee") == {"Speaker": Unplaced.MOST}
    assert await reasons(world, run, "staff") == {"Colleague": Unplaced.MET}
    assert await reasons(world, run, "owner") == {"Speaker": Unplaced.TIME}


async def test_those_who_have_met_meet_again_when_one_of_them_wishes_so(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other")
    await booked(world, "attendee", "other")
    await wish(world, "attendee", "other")
    run = await drafted_schedule(world)
    assert await reasons(world, run, "attendee") == {"Other": Unplaced.MET}
    await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
    await wish(world, "attendee", "other", again=True)
    run = await drafted_schedule(world)
    (meeting,) = await meetings(world, run, "attendee")
    assert meeting.starts_at == slot(1).starts_at, "the slot of the booked meeting is not free"


async def test_organisers_can_plan_again_those_who_have_met(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other")
    await booked(world, "attendee", "other")
    await wish(world, "attendee", "other")
    run = await drafted_schedule(world, again=True)
    assert len(await meetings(world, run, "attendee")) == 1


async def test_tables_limit_meetings_and_are_named(world: World) -> None:
    await open_times(world)
    await table(world)
    await joined(world, "attendee", "other", "speaker", "staff")
    for number in range(5):
        await booked(world, "owner", "moderator", at=slot(number), place=bm.SpotKind.PHYSICAL)
    await wish(world, "attendee", "other", WishKind.MUST)
    await wish(world, "speaker", "staff")
    run = await drafted_schedule(world, place=bm.SpotKind.PHYSICAL)
    (meeting,) = await meetings(world, run, "attendee")
    assert (meeting.starts_at, meeting.spot) == (slot(5).starts_at, "Table 1")
    assert await reasons(world, run, "speaker") == {"Staff": Unplaced.PLACE}


async def test_an_objection_takes_a_meeting_out(world: World) -> None:
    run = await shown_schedule(world)
    meeting = await planned_meeting(world, run, "attendee")
    with refused("not_found", "meeting"):
        await world.do("speaker", s.ObjectToMeeting(meeting.id, Objection.TIME), room=world.lobby)
    said = s.ObjectToMeeting(meeting.id, Objection.TIME, "I arrive at noon.")
    await world.do("other", said, room=world.lobby)
    with refused("closed", "meeting"):
        await world.do("attendee", said, room=world.lobby)
    async with world.engine.database.read() as connection:
        (seen,) = await queries.objections(connection, run)
    assert (seen.objection, seen.text) == ("time", "I arrive at noon.")
    assert (await planned_meeting(world, run, "attendee")).text == "", "only the organisers read it"
    await world.do("organiser", s.PublishSchedule(run), room=world.lobby)
    await carried_on(world)
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(bookings))).all() == []


async def test_an_objection_to_a_person_is_a_no_and_stays_secret(world: World) -> None:
    run = await shown_schedule(world)
    meeting = await planned_meeting(world, run, "attendee")
    said = s.ObjectToMeeting(meeting.id, Objection.PERSON, "Not with them.")
    await world.do("other", said, room=world.lobby)
    async with world.engine.database.read() as connection:
        (seen,) = await queries.objections(connection, run)
    assert seen.text == ""
    await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
    again = await drafted_schedule(world)
    assert await reasons(world, again, "attendee") == {"Other": Unplaced.OTHER}


async def test_what_has_changed_since_is_left_out_with_the_reason(world: World) -> None:
    await open_times(world)
    await joined(world, "attendee", "other", "speaker", "staff", "owner", "colleague")
    for pair in (("attendee", "other"), ("speaker", "staff"), ("owner", "colleague")):
        await wish(world, *pair)
    run = await shown_schedule(world)
    times = {who: (await planned_meeting(world, run, who)).starts_at for who in ("attendee", "speaker", "owner")}
    await booked(world, "attendee", "moderator", at=slot()._replace(starts_at=times["attendee"]))
    await world.do("speaker", BlockPerson(world.people["staff"]), room=await world.desk("speaker"))
    await world.do("organiser", s.PublishSchedule(run), room=world.lobby)
    await carried_on(world)
    found = {who: await planned_meeting(world, run, who) for who in times}
    assert {who: (each.state, each.reason) for who, each in found.items()} == {
        "attendee": (PlannedState.LEFT_OUT, LeftOut.TIME),
        "speaker": (PlannedState.LEFT_OUT, LeftOut.AGREE),
        "owner": (PlannedState.BOOKED, ""),
    }


async def test_a_second_schedule_moves_nothing(world: World) -> None:
    first = await published_schedule(world)
    before = await planned_meeting(world, first, "attendee")
    await joined(world, "speaker")
    await wish(world, "speaker", "other", WishKind.MUST)
    second = await published_schedule(world)
    assert await planned_meeting(world, first, "attendee") == before
    late = await planned_meeting(world, second, "speaker")
    assert late.state == PlannedState.BOOKED.value
    assert late.starts_at != before.starts_at
    assert await reasons(world, second, "attendee") == {"Other": Unplaced.MET}


async def test_colleagues_share_a_meeting_unless_one_meets_alone(world: World) -> None:
    await open_times(world)
    for who in ("attendee", "speaker"):
        await world.do(
            "owner", SetMember(world.organisation, world.people[who], OrganisationRole.MEMBER), room=world.lobby
        )
    await joined(world, "attendee", "speaker", "other")
    await opened(world, together=True)
    for who in ("attendee", "speaker"):
        await wish(world, who, "other")
    run = await drafted_schedule(world)
    (meeting,) = await meetings(world, run, "other")
    assert sorted(name for _, name in meeting.people) == ["Attendee", "Other", "Speaker"]
    await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
    await world.do("attendee", m.SetMatchProfile(True, m.MatchRole.COMPANY, alone=True), room=world.lobby)
    run = await drafted_schedule(world)
    assert [len(each.people) for each in await meetings(world, run, "other")] == [2, 2]


async def test_a_cancelled_schedule_leaves_nothing(world: World) -> None:
    run = await started(world)
    with refused("conflict"):
        await world.do("organiser", s.StartSchedule(), room=world.lobby)
    await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
    assert await solving.solve_waiting(world.engine) == 0
    run = await drafted_schedule(world)
    await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
    for command in (s.CancelSchedule(run), s.ShowSchedule(run), s.PublishSchedule(run)):
        with refused("stale", "run"):
            await world.do("organiser", command, room=world.lobby)
    async with world.engine.database.read() as connection:
        for table in (planned_meetings, planned_people, unplaced_wishes):
            assert (await connection.execute(sa.select(table))).all() == []


async def test_cancelling_ends_the_solver(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await started(world)
    solve = runner.run_solver

    async def cancelled_meanwhile(task: Any, go_on: Any) -> Any:
        await world.do("organiser", s.CancelSchedule(run), room=world.lobby)
        found = await solve(task, go_on)
        assert found is None
        return found

    monkeypatch.setattr(runner, "run_solver", cancelled_meanwhile)
    await solving.solve_waiting(world.engine)
    assert (await run_of(world, run)).state == RunState.CANCELLED.value


async def test_failures_are_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("conflict"):  # no times are open
        await world.do("organiser", s.StartSchedule(), room=world.lobby)
    run = await started(world)

    async def crash(task: Any, go_on: Any) -> Any:
        raise runner.SolverFailed

    with monkeypatch.context() as patch:
        patch.setattr(runner, "run_solver", crash)
        await solving.solve_waiting(world.engine)
    row = await run_of(world, run)
    assert (row.state, row.failure) == ("failed", solving.CRASHED)
    await world.do("attendee", m.ClearWish(world.people["other"]), room=world.lobby)
    run = await started(world)
    await solving.solve_waiting(world.engine)
    assert (await run_of(world, run)).failure == solving.NOTHING
    await wish(world, "attendee", "other")
    run = await started(world)
    async with world.engine.database.write() as connection:  # its process takes it, and ends
        await connection.execute(match_runs.update().where(match_runs.c.id == run).values(state="running"))
    world.clock.advance(seconds=solving.SILENT.total_seconds() + 1)
    await solving.solve_waiting(world.engine)
    assert (await run_of(world, run)).failure == solving.ENDED
    monkeypatch.setattr(runner, "is_installed", lambda: False)
    with refused("conflict") as refusal:
        await world.do("organiser", s.StartSchedule(), room=world.lobby)
    assert "OR-Tools" in refusal.problem.message


async def test_an_erased_person_leaves_the_schedule(world: World) -> None:
    run = await shown_schedule(world)
    await erasure.erase(world.engine, world.people["other"])
    await world.do("organiser", s.PublishSchedule(run), room=world.lobby)
    await carried_on(world)
    meeting = await planned_meeting(world, run, "attendee")
    assert (meeting.state, meeting.reason) == (PlannedState.LEFT_OUT, LeftOut.AGREE)

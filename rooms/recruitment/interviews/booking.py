"""Booked interviews: the employer names an interviewer, and the candidate books a time when both are free, moves it, or cancels it."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.core.text import N_, optional_line
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.calendar import NewBooking
from rooms.meetings.bookings.messages import BookingKind, BookingRole, SeatState
from rooms.meetings.bookings.slots import TimeSlot, all_slots
from rooms.organisations import members
from rooms.people import rules
from rooms.people.blocks import between
from rooms.people.desk import notify_all
from rooms.people.restraints import not_removed
from rooms.recruitment.applications import queries as applications
from rooms.recruitment.applications.booth_queue import booths_of
from rooms.recruitment.applications.messages import JobApplicationState
from rooms.recruitment.applications.progress import ENDED, received, with_applicant
from rooms.recruitment.applications.steps import OPEN, set_state
from rooms.recruitment.interviews.messages import REASON_LENGTH, BookInterview, CancelInterview, OfferInterview
from rooms.recruitment.interviews.queries import ABOUT, booked_for, interview_booking
from rooms.recruitment.jobs.editing import LOBBY
from rooms.recruitment.tables import interview_offers, job_applications

a, f = job_applications.c, interview_offers.c
EARLY = {JobApplicationState.APPLIED.value, JobApplicationState.REVIEW.value}


async def with_both(connection: AsyncConnection, room: str, command: BookInterview | CancelInterview) -> Iterable[str]:
    """The calendars of the candidate and the interviewer, and the call of an interview that is booked."""
    joined = job_applications.join(interview_offers, f.application == a.id)
    select = sa.select(a.person, f.interviewer).select_from(joined).where(a.id == command.application)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        return ()
    here = (await connection.execute(sa.select(rooms.c.subject).where(rooms.c.id == room))).scalar_one()
    ids = sa.select(calendar.b.id).where(calendar.b.about_kind == ABOUT, calendar.b.about == command.application)
    booked = (await connection.execute(ids.where(calendar.b.state == calendar.BOOKED))).scalars().all()
    return await calendar.rooms_to_lock(connection, here, row, bookings=booked)


@command(OfferInterview, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_applicant, rate=Rate(60, 600))
async def offer_interview(tx: Transaction, actor: Actor, command: OfferInterview) -> None:
    row = await received(tx.connection, actor, command.application)
    if row.state not in OPEN:
        raise Problem("stale", ENDED, field="application")
    here = sa.select(not_removed(sa.literal(command.person), actor.room.subject, tx.now))
    takes_part = (await tx.connection.execute(here)).scalar_one()
    if not takes_part or not await members.role_in(tx.connection, row.organisation, command.person):
        raise Problem("invalid", N_("Choose a member of your organisation."), field="person")
    if await interview_booking(tx.connection, row.id, tx.now) is not None:
        raise Problem("conflict", N_("An interview is booked already. Cancel it first."), field="application")
    said = {"interviewer": command.person, "at": tx.now}
    insert = insert_into(tx.connection, interview_offers).values(application=row.id, **said)
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=[f.application], set_=said))
    if row.state in EARLY:
        await set_state(tx, row.id, JobApplicationState.INTERVIEW, actor.known.id)
    reachable = sa.select(a.person).where(a.id == row.id, not_removed(a.person, actor.room.subject, tx.now))
    people = (await tx.connection.execute(reachable)).scalars().all()
    await notify_all(tx, people, "interview.offered", {"job": row.title}, Target("applications", actor.room.subject))


@command(BookInterview, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both, own_desk=True, rate=Rate(60, 600))
async def book_interview(tx: Transaction, actor: Actor, command: BookInterview) -> None:
    conference, person = actor.room.subject, actor.known.id
    row = await applications.application_row(tx.connection, conference, command.application)
    if row.person != person:
        raise Problem("not_found", ABSENT, field="application")
    if row.state not in OPEN:
        raise Problem("stale", ENDED, field="application")
    interviewer = await _interviewer(tx, row)
    slot = await _slot(tx.connection, conference, command)
    if await between(tx.connection, [person, interviewer]):
        raise Problem("closed", N_("This interview can no longer be booked. Ask the employer for another."))
    held = await interview_booking(tx.connection, row.id, tx.now)
    if held is not None:
        await calendar.move(tx, held, slot, actor=person)
    else:
        booths = await booths_of(tx.connection, row.organisation)
        new = NewBooking(
            conference,
            BookingKind.INTERVIEW,
            {interviewer: BookingRole.HOST, person: BookingRole.GUEST},
            slot,
            title=row.title[:200],
            host=row.organisation,
            booth=booths[0].id if booths else None,
            about=(ABOUT, row.id),
        )
        await calendar.book(tx, new, actor=person)
    kind = "interview.moved" if held is not None else "interview.booked"
    target = Target("candidate", conference, row.share)
    await _tell(tx, actor, [interviewer], kind, row, slot, target, named=True)


@command(CancelInterview, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_both)
async def cancel_interview(tx: Transaction, actor: Actor, command: CancelInterview) -> None:
    conference = actor.room.subject
    row = await applications.application_row(tx.connection, conference, command.application)
    if row.person != actor.known.id:
        row = await received(tx.connection, actor, command.application)
    held = await interview_booking(tx.connection, row.id, tx.now)
    if held is None:
        raise Problem("stale", N_("No interview is booked."), field="application")
    people = await calendar.seats(tx.connection, held.id, SeatState.BOOKED)
    await calendar.cancel(tx, held, optional_line(command.reason, REASON_LENGTH, "reason"))
    others = [person for person in people if person != actor.known.id]
    slot = TimeSlot(held.starts_at, held.ends_at)
    await _tell(tx, actor, others, "interview.cancelled", row, slot, Target("conference", conference))


async def _interviewer(tx: Transaction, row: Any) -> str:
    """Who was named, as long as they work for the employer. Raises Problem "closed"."""
    select = sa.select(f.interviewer).where(f.application == row.id)
    person = (await tx.connection.execute(select)).scalar_one_or_none()
    if person is None or not await members.role_in(tx.connection, row.organisation, person):
        raise Problem("closed", N_("This interview can no longer be booked. Ask the employer for another."))
    return person


async def _slot(connection: AsyncConnection, conference: str, command: BookInterview) -> TimeSlot:
    for slot in await all_slots(connection, conference):
        if slot.starts_at == command.starts_at:
            return slot
    raise Problem("invalid", N_("Choose one of the times on the list."), field="starts_at")


async def _tell(
    tx: Transaction,
    actor: Actor,
    people: Iterable[str],
    kind: str,
    row: Any,
    slot: TimeSlot,
    target: Target,
    *,
    named: bool = False,
) -> None:
    zone = sa.select(conferences.c.zone).where(conferences.c.id == actor.room.subject)
    values = {
        "job": row.title,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "zone": (await tx.connection.execute(zone)).scalar_one(),
    }
    await notify_all(tx, people, kind, values, target, about=actor.known.view if named else None)


async def free_times(
    connection: AsyncConnection, conference: str, application: str, candidate: str, interviewer: str, now: Any
) -> list[TimeSlot]:
    """When both are free. An interview that is booked can move to these times, so its own is left out."""
    booked = sa.select(calendar.b.id, calendar.b.starts_at).where(booked_for(application, now))
    held = (await connection.execute(booked)).first()
    if held is None:
        return await calendar.free_slots(connection, conference, [candidate, interviewer], now)
    free = await calendar.free_slots(connection, conference, [candidate, interviewer], now, without=held.id)
    return [slot for slot in free if slot.starts_at != held.starts_at]

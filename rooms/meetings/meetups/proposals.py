"""Attendees propose meet-ups and change them; organisers approve or decline them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import find_room
from rooms.core.store.tables import conferences
from rooms.core.text import N_, clean_line, clean_text, optional_line, optional_text
from rooms.meetings.bookings import calendar
from rooms.meetings.bookings.messages import BookingKind, BookingRole
from rooms.meetings.bookings.slots import TimeSlot
from rooms.meetings.bookings.tables import bookings
from rooms.meetings.create import open_meeting
from rooms.meetings.meetups.messages import (
    COMMENT_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    ApproveMeetup,
    CancelMeetup,
    DeclineMeetup,
    EditMeetup,
    MeetupFields,
    MeetupProposed,
    MeetupState,
    ProposeMeetup,
)
from rooms.meetings.meetups.places import move_up, notify, people_with_a_seat, release_busy
from rooms.meetings.meetups.queries import m, meetup_row
from rooms.meetings.meetups.tables import meetups
from rooms.people import rules
from rooms.people.desk import desks_of_organisers, notify_all

LOBBY = {"lobby"}
MOST_WAITING = 5
"""Proposals of one person that wait for an organiser."""

WAITING = MeetupState.WAITING.value
APPROVED = MeetupState.APPROVED.value


async def with_organisers(connection: AsyncConnection, room: str, command: ProposeMeetup) -> Iterable[str]:
    lobby = await find_room(connection, room)
    return (await desks_of_organisers(connection, lobby.subject)).values() if lobby else ()


async def with_everyone(connection: AsyncConnection, room: str, command: Any) -> Iterable[str]:
    """What a change of a meet-up locks besides the lobby: the desks of its people and of the organisers, and its meeting room."""
    select = sa.select(m.conference, m.proposer, m.booking).where(m.id == command.meetup)
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        return ()
    booked = [row.booking] if row.booking else []
    locked = await calendar.rooms_to_lock(connection, row.conference, [row.proposer], bookings=booked)
    return {*locked, *(await desks_of_organisers(connection, row.conference)).values()}


@command(ProposeMeetup, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_organisers, rate=Rate(10, 3600))
async def propose_meetup(tx: Transaction, actor: Actor, command: ProposeMeetup) -> MeetupProposed:
    conference, person = actor.room.subject, actor.known
    if person.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    mine = sa.select(sa.func.count()).where(m.conference == conference, m.proposer == person.id, m.state == WAITING)
    if (await tx.connection.execute(mine)).scalar_one() >= MOST_WAITING:
        raise Problem(
            "conflict", N_("%(most)s of your proposals wait for an organiser."), values={"most": MOST_WAITING}
        )
    values = await _cleaned(tx, conference, command)
    id = new_id()
    fixed = {"id": id, "conference": conference, "proposer": person.id, "proposed_at": tx.now}
    await tx.connection.execute(meetups.insert().values(**fixed, **values, state=WAITING, comment=""))
    await _ask_organisers(tx, actor, values["title"])
    return MeetupProposed(id)


@command(EditMeetup, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_everyone, rate=Rate(30, 3600))
async def edit_meetup(tx: Transaction, actor: Actor, command: EditMeetup) -> None:
    row = await _own(tx, actor, command.meetup)
    values = await _cleaned(tx, row.conference, command)
    if row.state != APPROVED:
        if row.state == MeetupState.CANCELLED:
            raise Problem("closed", CANCELLED, field="meetup")
        asked = {"state": WAITING, "comment": "", "proposed_at": tx.now}
        await tx.connection.execute(meetups.update().where(m.id == row.id).values(**values, **asked))
        if row.state == MeetupState.DECLINED:
            await _ask_organisers(tx, actor, values["title"])
        return
    if (not row.place) is not (not values["place"]):
        raise Problem(
            "conflict", N_("An approved meet-up stays where it is: on this site, or at a place."), field="place"
        )
    booking = await calendar.booking_row(tx.connection, row.conference, row.booking)
    calendar.check_ahead(booking, tx.now)
    slot = TimeSlot(values["starts_at"], values["ends_at"])
    await calendar.check_free(
        tx.connection, row.conference, [row.proposer], slot, actor=actor.known.id, without=booking.id
    )
    await tx.connection.execute(meetups.update().where(m.id == row.id).values(**values, changed_at=tx.now))
    said = {"title": values["title"], "text": values["text"], "capacity": values["capacity"] - 1, **slot._asdict()}
    await calendar.change(tx, booking, **said)
    tx.audit(row.conference, actor.known.id, "meetup.edit", row.id)
    moved = slot != (row.starts_at, row.ends_at)
    lost = await release_busy(tx, row, slot) if moved else set[str]()
    if moved or values["place"] != row.place:
        others = {person for person in await people_with_a_seat(tx.connection, row.booking) if person != row.proposer}
        await notify(tx, row.conference, others - lost, "meetup.moved", values, row.id)
        await notify(tx, row.conference, lost, "meetup.lost", values, row.id)
    await move_up(tx, row.conference, row.id)


@command(ApproveMeetup, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_everyone)
async def approve_meetup(tx: Transaction, actor: Actor, command: ApproveMeetup) -> None:
    row = await _waiting(tx, actor, command.meetup)
    slot = TimeSlot(row.starts_at, row.ends_at)
    about = ("meetup", row.id)
    new = calendar.NewBooking(
        row.conference,
        BookingKind.MEETUP,
        {row.proposer: BookingRole.HOST},
        slot,
        title=row.title,
        text=row.text,
        place=None,
        host=row.proposer,
        about=about,
        capacity=row.capacity - 1,
    )
    booking = await calendar.book(tx, new)
    if not row.place:
        # Not a place of the calendar: those are for two, and a meet-up has a call with a waiting line, and a chat for everyone.
        meeting = await open_meeting(tx.connection, row.conference, None, [row.proposer], tx.now)
        await tx.connection.execute(bookings.update().where(bookings.c.id == booking).values(meeting=meeting))
    comment = optional_text(command.comment, COMMENT_LENGTH, "comment")
    decided = {"state": APPROVED, "booking": booking, "comment": comment, "decided_at": tx.now, "changed_at": None}
    await _decide(tx, actor, row, "meetup.approved", decided)


@command(DeclineMeetup, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_everyone)
async def decline_meetup(tx: Transaction, actor: Actor, command: DeclineMeetup) -> None:
    row = await _waiting(tx, actor, command.meetup)
    comment = clean_text(command.comment, COMMENT_LENGTH, "comment")
    decided = {"state": MeetupState.DECLINED.value, "comment": comment, "decided_at": tx.now}
    await _decide(tx, actor, row, "meetup.declined", decided)


@command(CancelMeetup, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_everyone)
async def cancel_meetup(tx: Transaction, actor: Actor, command: CancelMeetup) -> None:
    row = await meetup_row(tx.connection, actor.room.subject, command.meetup)
    if row.proposer != actor.known.id and Role.ORGANISER not in actor.roles:
        raise Problem("forbidden", N_("Only the person who proposed it and the organisers can cancel a meet-up."))
    if row.state == MeetupState.CANCELLED:
        raise Problem("closed", CANCELLED, field="meetup")
    reason = optional_text(command.comment, COMMENT_LENGTH, "comment")
    if row.state == APPROVED:
        people = {*await people_with_a_seat(tx.connection, row.booking, standby=True), row.proposer}
        await calendar.cancel(tx, await calendar.booking_row(tx.connection, row.conference, row.booking), reason)
        await notify(tx, row.conference, people - {actor.known.id}, "meetup.cancelled", row._asdict(), row.id)
    cancelled = {"state": MeetupState.CANCELLED.value, "comment": reason}
    await tx.connection.execute(meetups.update().where(m.id == row.id).values(cancelled))
    tx.audit(row.conference, actor.known.id, "meetup.cancel", row.id)


CANCELLED = N_("This meet-up is cancelled.")


async def _cleaned(tx: Transaction, conference: str, said: MeetupFields) -> dict[str, Any]:
    """The columns that the proposer writes. Raises Problem "invalid"."""
    select = sa.select(conferences.c.starts_on, conferences.c.ends_on).where(conferences.c.id == conference)
    days = (await tx.connection.execute(select)).one()
    if said.starts_at <= tx.now:
        raise Problem("invalid", N_("This time has already begun. Choose another."), field="starts_at")
    if not days.starts_on - timedelta(days=2) <= said.starts_at.date() <= days.ends_on + timedelta(days=2):
        raise Problem("invalid", N_("This day is not one of the conference."), field="starts_at")
    return {
        "title": clean_line(said.title, TITLE_LENGTH, "title"),
        "text": optional_text(said.text, TEXT_LENGTH, "text"),
        "language": said.language,
        "place": optional_line(said.place, TITLE_LENGTH, "place"),
        "starts_at": said.starts_at,
        "ends_at": said.starts_at + timedelta(minutes=said.minutes),
        "capacity": said.capacity,
    }


async def _own(tx: Transaction, actor: Actor, meetup: str) -> Any:
    row = await meetup_row(tx.connection, actor.room.subject, meetup)
    if row.proposer != actor.known.id:
        raise Problem("forbidden", N_("Only the person who proposed a meet-up can change it."))
    return row


async def _waiting(tx: Transaction, actor: Actor, meetup: str) -> Any:
    row = await meetup_row(tx.connection, actor.room.subject, meetup)
    if row.state != WAITING:
        raise Problem("stale", N_("This proposal has already been answered or taken back."), field="meetup")
    return row


async def _ask_organisers(tx: Transaction, actor: Actor, title: str) -> None:
    conference = actor.room.subject
    organisers = set(await desks_of_organisers(tx.connection, conference)) - {actor.known.id}
    target = Target("meetups.organise", conference)
    await notify_all(tx, sorted(organisers), "meetup.proposed", {"title": title}, target, about=actor.known.view)


async def _decide(tx: Transaction, actor: Actor, row: Any, kind: str, values: dict[str, Any]) -> None:
    await tx.connection.execute(meetups.update().where(m.id == row.id).values(values))
    tx.audit(row.conference, actor.known.id, kind, row.id)
    await notify(tx, row.conference, {row.proposer}, kind, row._asdict(), row.id)

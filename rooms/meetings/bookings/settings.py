"""Organisers set when and where people can meet; each person says in which slots they are available."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.tables import conferences
from rooms.core.text import N_, clean_line
from rooms.meetings.bookings import messages as m
from rooms.meetings.bookings.slots import rules_of, slots_in
from rooms.meetings.bookings.tables import absences, meeting_settings, meeting_windows, spots
from rooms.people import rules
from rooms.programme.moments import typed_moment

LOBBY = {"lobby"}
NAME_LENGTH = 120

a, p, w = absences.c, spots.c, meeting_windows.c


@command(m.SetMeetings, kinds=LOBBY, allowed=rules.organises)
async def set_meetings(tx: Transaction, actor: Actor, command: m.SetMeetings) -> None:
    said = {
        "slot_minutes": command.slot_minutes,
        "buffer_minutes": command.buffer_minutes,
        "lapse_hours": command.lapse_hours,
        "most_open": command.most_open,
    }
    insert = insert_into(tx.connection, meeting_settings).values(conference=actor.room.subject, **said)
    index = [meeting_settings.c.conference]
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=index, set_=said))
    tx.audit(actor.room.subject, actor.known.id, "meetings.settings")


@command(m.AddWindow, kinds=LOBBY, allowed=rules.organises)
async def add_window(tx: Transaction, actor: Actor, command: m.AddWindow) -> None:
    conference = actor.room.subject
    select = sa.select(conferences.c.zone, conferences.c.starts_on, conferences.c.ends_on)
    row = (await tx.connection.execute(select.where(conferences.c.id == conference))).one()
    starts, ends = (typed_moment(f"{command.day}T{time}", row.zone, "day") for time in (command.start, command.end))
    if ends <= starts:
        raise Problem("invalid", N_("The end must be after the start."), field="end")
    if not row.starts_on <= date.fromisoformat(command.day) <= row.ends_on:
        raise Problem("invalid", N_("This day is not one of the conference."), field="day")
    here = w.conference == conference
    if (await tx.connection.execute(sa.select(sa.func.count()).where(here))).scalar_one() >= m.MOST_WINDOWS:
        message = N_("A conference can have at most %(most)s times for meetings.")
        raise Problem("conflict", message, values={"most": m.MOST_WINDOWS})
    overlap = sa.select(w.id).where(here, w.starts_at < ends, w.ends_at > starts)
    if (await tx.connection.execute(overlap)).first() is not None:
        raise Problem("conflict", N_("This time overlaps another one on the list."), field="start")
    values = {"id": new_id(), "conference": conference, "starts_at": starts, "ends_at": ends}
    await tx.connection.execute(meeting_windows.insert().values(values))
    tx.audit(conference, actor.known.id, "meetings.window")


@command(m.RemoveWindow, kinds=LOBBY, allowed=rules.organises)
async def remove_window(tx: Transaction, actor: Actor, command: m.RemoveWindow) -> None:
    gone = meeting_windows.delete().where(w.id == command.window, w.conference == actor.room.subject)
    if not (await tx.connection.execute(gone)).rowcount:
        raise Problem("not_found", NO_WINDOW, field="window")
    tx.audit(actor.room.subject, actor.known.id, "meetings.unwindow")


@command(m.CreateSpot, kinds=LOBBY, allowed=rules.organises)
async def create_spot(tx: Transaction, actor: Actor, command: m.CreateSpot) -> None:
    conference = actor.room.subject
    count = sa.select(sa.func.count()).where(p.conference == conference)
    position = (await tx.connection.execute(count)).scalar_one()
    if position >= m.MOST_SPOTS:
        message = N_("A conference can have at most %(most)s places for meetings.")
        raise Problem("conflict", message, values={"most": m.MOST_SPOTS})
    id = new_id()
    values = {"id": id, "conference": conference, "position": position, **_columns(command)}
    await tx.connection.execute(spots.insert().values(values))
    tx.audit(conference, actor.known.id, "spot.create", id)


@command(m.EditSpot, kinds=LOBBY, allowed=rules.organises)
async def edit_spot(tx: Transaction, actor: Actor, command: m.EditSpot) -> None:
    await _change_spot(tx, actor, command.spot, _columns(command))
    tx.audit(actor.room.subject, actor.known.id, "spot.edit", command.spot)


@command(m.ArchiveSpot, kinds=LOBBY, allowed=rules.organises)
async def archive_spot(tx: Transaction, actor: Actor, command: m.ArchiveSpot) -> None:
    await _change_spot(tx, actor, command.spot, {"archived_at": tx.now})
    tx.audit(actor.room.subject, actor.known.id, "spot.archive", command.spot)


@command(m.SetAvailable, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(120, 600))
async def set_available(tx: Transaction, actor: Actor, command: m.SetAvailable) -> None:
    conference, person = actor.room.subject, actor.known.id
    select = sa.select(w.id, w.starts_at, w.ends_at).where(w.id == command.window, w.conference == conference)
    row = (await tx.connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("not_found", NO_WINDOW, field="window")
    window, free = m.WindowView(*row), {at.timestamp() for at in command.free}
    here = sa.and_(a.person == person, a.conference == conference)
    inside = sa.and_(a.starts_at < window.ends_at, a.ends_at > window.starts_at)
    await tx.connection.execute(absences.delete().where(here, inside))
    slots = slots_in(window, await rules_of(tx.connection, conference))
    away = [slot for slot in slots if slot.starts_at.timestamp() not in free]
    whose = {"person": person, "conference": conference}
    if away:
        await tx.connection.execute(absences.insert(), [{**whose, **slot._asdict()} for slot in away])


NO_WINDOW = N_("This time is no longer open for meetings.")


async def _change_spot(tx: Transaction, actor: Actor, spot: str, values: dict[str, Any]) -> None:
    mine = spots.update().where(p.id == spot, p.conference == actor.room.subject)
    if not (await tx.connection.execute(mine.values(values))).rowcount:
        raise Problem("not_found", N_("This place does not exist."), field="spot")


def _columns(said: m.SpotFields) -> dict[str, Any]:
    return {
        "name": clean_line(said.name, NAME_LENGTH, "name"),
        "kind": said.kind.value,
        "meetings": said.meetings,
        "seats": said.seats,
    }

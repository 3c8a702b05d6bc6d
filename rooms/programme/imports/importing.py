"""Imports a schedule into a conference: first a plan, then all of it in one transaction, or nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.files.faults import Notes
from rooms.core.ids import new_id
from rooms.core.imports.plan import Act, Item
from rooms.core.imports.uploads import ImportKind, PlanChanged, Progress, digest_of
from rooms.core.store.journal import rooms
from rooms.core.store.tables import conferences
from rooms.core.text import N_
from rooms.programme import queries
from rooms.programme.actions import create_session
from rooms.programme.imports.plan import SchedulePlan, compare
from rooms.programme.imports.stored import Stored, load, person_values, session_values
from rooms.programme.messages import SessionChanged, SessionListed
from rooms.programme.news import remember
from rooms.programme.schedules.document import MOST_BYTES
from rooms.programme.schedules.frab import read_file
from rooms.programme.schedules.schedule import Hall, Schedule, Session, Track
from rooms.programme.tables import halls, session_speakers, sessions, speakers, tracks

TRIES = 5
MOVING = {Act.MOVED, Act.CANCELLED, Act.RESTORED}


async def plan_import(engine: Engine, slug: str, schedule: Schedule) -> SchedulePlan:
    """What an import would change; nothing is written. Raises Problem "not_found"."""
    async with engine.database.read() as connection:
        return compare(await load(connection, await queries.conference(connection, slug)), schedule)


async def import_schedule(
    engine: Engine,
    slug: str,
    schedule: Schedule,
    *,
    by: str | None,
    progress: Progress | None = None,
    agreed: str | None = None,
) -> SchedulePlan:
    """Makes a conference equal to a schedule and returns the changes. Importing the same schedule again changes nothing.

    `by` is the person for the audit log (None: the command line), `agreed` the digest of the plan that they agreed to (None: any plan).
    Sessions that the file no longer has are cancelled, not deleted. The lobby and the sessions concerned get events.
    Raises PlanChanged, Problem "not_found" or "conflict".
    """
    for _ in range(TRIES):
        async with engine.database.read() as connection:
            conference = await queries.conference(connection, slug)
            stored = await load(connection, conference)
            plan = compare(stored, schedule)
            if plan.empty:
                return plan
            concerned = await _rooms_of(connection, stored, plan)
        async with engine.transaction([conference.room, *concerned.values()], patience=LONG) as tx:
            # The lobby's lock admits one import at a time. A change made before we held it may concern further rooms.
            stored = await load(tx.connection, await queries.conference(tx.connection, slug))
            plan = compare(stored, schedule)
            if agreed is not None and digest_of(plan) != agreed:
                raise PlanChanged
            if {stored.sessions[key].id for key in plan.concerned & stored.sessions.keys()} <= concerned.keys():
                await _Import(tx, stored, schedule, plan, concerned, progress or (lambda done, total: None)).run(by)
                return plan
    raise Problem("conflict", N_("Someone else is changing the programme. Try again in a moment."), retry_after=2)


async def _rooms_of(connection: AsyncConnection, stored: Stored, plan: SchedulePlan) -> dict[str, str]:
    """The rooms of the sessions concerned, by session id."""
    wanted = {stored.sessions[key].id for key in plan.concerned & stored.sessions.keys()}
    here = sa.select(rooms.c.subject, rooms.c.id).where(
        rooms.c.conference == stored.conference.id, rooms.c.kind == "session"
    )
    return {row.subject: row.id for row in await connection.execute(here) if row.subject in wanted}


class _Import:
    """One import in its transaction. `rooms` are the locked rooms of existing sessions, by session id."""

    def __init__(
        self,
        tx: Transaction,
        stored: Stored,
        schedule: Schedule,
        plan: SchedulePlan,
        rooms: Mapping[str, str],
        progress: Progress,
    ) -> None:
        self.tx = tx
        self.stored = stored
        self.schedule = schedule
        self.plan = plan
        self.rooms = rooms
        self.conference = stored.conference.id
        self.tracks = {name: id for name, (id, _) in stored.tracks.items()}
        self.speakers = {key: found.id for key, found in stored.persons.items()}
        self._progress = progress
        self._done = 0
        self._total = sum(map(len, (plan.tracks, plan.halls, plan.persons, plan.sessions, plan.touched)))

    async def run(self, by: str | None) -> None:
        await self._remember_slots(by)
        await self._change_conference()
        if any(item.act is not Act.REMOVED for item in self.plan.tracks):
            await self._write_tracks(self.schedule.tracks)
        if any(item.act is not Act.REMOVED for item in self.plan.halls):
            await self._write_halls(self.schedule.halls)
        await self._write_persons()
        listed = {session.external: session for session in self.schedule.sessions}
        for item in self.plan.sessions:
            await self._write_session(item, listed.get(item.key))
            self._step()
        for key in self.plan.touched:
            await self._renew(self.stored.sessions[key].id, {})
            self._step()
        await self._remove()
        self.tx.audit(self.conference, by, "programme.imported", details=_summary(self.plan))

    async def _remember_slots(self, by: str | None) -> None:
        """For the news of sessions that move or are cancelled."""
        known = self.stored.sessions
        if self.schedule.conference.zone != self.stored.conference.zone:
            await remember(self.tx, [found.id for found in known.values()], by)
        else:
            await remember(self.tx, [known[item.key].id for item in self.plan.sessions if item.act in MOVING], by)

    def _step(self, steps: int = 1) -> None:
        self._done += steps
        self._progress(self._done, self._total)

    async def _execute(self, statement: Any, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        if rows is None:
            await self.tx.connection.execute(statement)
        elif rows:
            await self.tx.connection.execute(statement, rows)

    async def _change_conference(self) -> None:
        if self.plan.conference:
            info = self.schedule.conference
            values = {
                "title": info.title,
                "zone": info.zone,
                "starts_on": info.first_day,
                "ends_on": info.last_day,
            }
            await self._execute(conferences.update().where(conferences.c.id == self.conference).values(**values))

    async def _write_tracks(self, listed: Sequence[Track]) -> None:
        for position, track in enumerate(listed):
            values = {"colour": track.colour, "position": position}
            known = self.tracks.get(track.name)
            if known:
                await self._execute(tracks.update().where(tracks.c.id == known).values(**values))
            else:
                self.tracks[track.name] = id = new_id()
                named: dict[str, Any] = {"id": id, "conference": self.conference, "name": track.name, "texts": {}}
                await self._execute(tracks.insert().values(**named, **values))
        self._step(len(self.plan.tracks))

    async def _write_halls(self, listed: Sequence[Hall]) -> None:
        for position, hall in enumerate(listed):
            values = {
                "external_id": hall.guid or None,
                "description": hall.description,
                "capacity": hall.capacity,
                "position": position,
            }
            known, _ = self.stored.halls.get(hall.name, ("", hall))
            if known:
                await self._execute(halls.update().where(halls.c.id == known).values(**values))
            else:
                named = {"id": new_id(), "conference": self.conference, "name": hall.name}
                await self._execute(halls.insert().values(**named, **values))
        self._step(len(self.plan.halls))

    async def _write_persons(self) -> None:
        listed = {person.external: person for person in self.schedule.persons}
        added: list[dict[str, Any]] = []
        for item in self.plan.persons:
            if item.act is Act.ADDED:
                self.speakers[item.key] = id = new_id()
                named = {"id": id, "conference": self.conference, "external_id": item.key}
                added.append({**named, "texts": {}, **person_values(listed[item.key])})
            elif item.act is Act.CHANGED:
                row = speakers.c.id == self.speakers[item.key]
                await self._execute(speakers.update().where(row).values(**person_values(listed[item.key])))
        await self._execute(speakers.insert(), added)
        self._step(len(self.plan.persons))

    async def _write_session(self, item: Item, session: Session | None) -> None:
        if session is None:  # the file no longer has it
            await self._renew(self.stored.sessions[item.key].id, {"cancelled": True})
            return
        values: dict[str, Any] = {**session_values(session), "track": self.tracks.get(session.track)}
        if item.act is Act.ADDED:
            id, _ = await create_session(
                self.tx.connection, self.conference, now=self.tx.now, external_id=session.external, **values
            )
            await self._write_speakers(id, session)
            self.tx.record(
                SessionListed(session=await queries.session_card(self.tx.connection, id)),
                room=self.stored.conference.room,
            )
            return
        before = self.stored.sessions[item.key]
        if before.session.persons != session.persons:
            await self._write_speakers(before.id, session)
        await self._renew(before.id, values | {"cancelled": False})

    async def _write_speakers(self, id: str, session: Session) -> None:
        await self._execute(session_speakers.delete().where(session_speakers.c.session == id))
        await self._execute(
            session_speakers.insert(),
            [
                {"session": id, "speaker": self.speakers[key], "position": position}
                for position, key in enumerate(session.persons)
            ],
        )

    async def _renew(self, id: str, values: Mapping[str, Any]) -> None:
        """Writes the next revision of an existing session, with events for those who follow it."""
        next_one = {"revision": sessions.c.revision + 1, "changed_at": self.tx.now}
        await self._execute(sessions.update().where(sessions.c.id == id).values(**values, **next_one))
        connection = self.tx.connection
        self.tx.record(SessionChanged(session=await queries.session_view(connection, id)), room=self.rooms[id])
        self.tx.record(
            SessionListed(session=await queries.session_card(connection, id)), room=self.stored.conference.room
        )

    async def _remove(self) -> None:
        """Removes what neither the file nor the database needs any longer."""
        gone = [self.speakers[item.key] for item in self.plan.persons if item.act is Act.REMOVED]
        await self._execute(session_speakers.delete().where(session_speakers.c.speaker.in_(gone)))
        await self._execute(speakers.delete().where(speakers.c.id.in_(gone)))
        for table, items in ((tracks, self.plan.tracks), (halls, self.plan.halls)):
            names = [item.name for item in items if item.act is Act.REMOVED]
            await self._execute(table.delete().where(table.c.conference == self.conference, table.c.name.in_(names)))


async def _read(conference: queries.Conference, data: bytes) -> tuple[Schedule, Notes]:
    """A file that names no zone is read in the conference's."""
    file = await asyncio.to_thread(read_file, data, conference.zone)  # 20 MB take seconds
    return file.schedule, file.notes


async def _plan(engine: Engine, conference: queries.Conference, schedule: Schedule) -> SchedulePlan:
    return await plan_import(engine, conference.slug, schedule)


async def _apply(
    engine: Engine, conference: queries.Conference, schedule: Schedule, by: str, progress: Progress, agreed: str
) -> SchedulePlan:
    return await import_schedule(engine, conference.slug, schedule, by=by, progress=progress, agreed=agreed)


SCHEDULES = ImportKind("schedule", MOST_BYTES, Schedule, _read, _plan, _apply)


def _summary(plan: SchedulePlan) -> dict[str, int]:
    return {act.value: plan.count(act) for act in Act if plan.count(act)}

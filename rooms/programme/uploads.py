"""Schedules that an organiser has uploaded and looked at, but not yet brought in. They wait for a day or longer."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.errors import Problem
from rooms.house import House
from rooms.ids import new_id
from rooms.programme.frab import read
from rooms.programme.planning import Plan, compare
from rooms.programme.queries import Conference
from rooms.programme.schedule import Schedule
from rooms.programme.stored import load
from rooms.programme.tables import schedule_uploads
from rooms.text import N_

KEPT = timedelta(days=1)


class Upload(NamedTuple):
    """What an organiser decides about: the file's name, what it says, and what it would change now."""

    id: str
    name: str
    schedule: Schedule
    plan: Plan


async def keep_upload(house: House, conference: Conference, person: str, name: str, data: bytes) -> str:
    """Checks a file and keeps it for `find_upload`; returns its id. The person's last one, and those of yesterday, are forgotten.

    A file that names no zone is read in the conference's. Raises ScheduleFaults; then nothing is kept.
    """
    await asyncio.to_thread(read, data, conference.zone)  # of 20 MB it takes seconds
    upload = new_id()
    async with house.transaction() as tx:
        u = schedule_uploads.c
        same = sa.and_(u.conference == conference.id, u.person == person)
        await tx.connection.execute(schedule_uploads.delete().where(sa.or_(u.at < tx.now - KEPT, same)))
        row = {"id": upload, "conference": conference.id, "person": person, "name": name[-200:], "data": data}
        await tx.connection.execute(schedule_uploads.insert().values(**row, at=tx.now))
    return upload


async def find_upload(connection: AsyncConnection, conference: Conference, person: str, upload: str) -> Upload:
    """The person's own upload to this conference, compared with the programme as it is now. Raises Problem "not_found"."""
    u = schedule_uploads.c
    mine = sa.and_(u.id == upload, u.conference == conference.id, u.person == person)
    row = (await connection.execute(sa.select(u.name, u.data).where(mine))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This upload is no longer here. Choose the file again."), field="file")
    schedule = await asyncio.to_thread(read, bytes(row.data), conference.zone)
    return Upload(upload, row.name, schedule, compare(await load(connection, conference), schedule))


async def forget_upload(house: House, upload: str) -> None:
    async with house.transaction() as tx:
        await tx.connection.execute(schedule_uploads.delete().where(schedule_uploads.c.id == upload))

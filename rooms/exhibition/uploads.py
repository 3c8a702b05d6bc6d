"""Lists of exhibitors that an organiser has uploaded and looked at, but not yet brought in. They wait for a day."""

import hashlib
from datetime import timedelta
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from rooms.errors import Problem
from rooms.exhibition.importing import Plan, plan_import
from rooms.exhibition.listing import Exhibitor, exhibitors
from rooms.exhibition.record_tables import exhibitor_uploads
from rooms.exhibition.sheets import read_rows
from rooms.house import House
from rooms.ids import new_id
from rooms.programme.queries import Conference
from rooms.text import N_

KEPT = timedelta(days=1)
u = exhibitor_uploads.c


class Upload(NamedTuple):
    """What an organiser decides about: the file's name, what it says, and what it would change now."""

    id: str
    name: str
    told: list[Exhibitor]
    plan: Plan

    @property
    def digest(self) -> str:
        """What he agrees to: when the exhibition has changed meanwhile, he is shown the new plan."""
        return hashlib.sha256(msgspec.json.encode(self.plan)).hexdigest()[:32]


async def keep_upload(house: House, conference: Conference, person: str, name: str, data: bytes) -> str:
    """Checks a file and keeps it for `find_upload`; returns its id. The person's last one, and those of yesterday, are forgotten.

    Raises ExhibitorFaults or Problem; then nothing is kept.
    """
    await plan_import(house, conference, exhibitors(await read_rows(data)))
    upload = new_id()
    async with house.transaction() as tx:
        same = sa.and_(u.conference == conference.id, u.person == person)
        await tx.connection.execute(exhibitor_uploads.delete().where(sa.or_(u.at < tx.now - KEPT, same)))
        row = {"id": upload, "conference": conference.id, "person": person, "name": name[-200:], "data": data}
        await tx.connection.execute(exhibitor_uploads.insert().values(**row, at=tx.now))
    return upload


async def find_upload(house: House, conference: Conference, person: str, upload: str) -> Upload:
    """The person's own upload to this conference, compared with the exhibition as it is now. Raises Problem "not_found", ExhibitorFaults."""
    mine = sa.and_(u.id == upload, u.conference == conference.id, u.person == person)
    async with house.database.read() as connection:
        row = (await connection.execute(sa.select(u.name, u.data).where(mine))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This upload is no longer here. Choose the file again."), field="file")
    told = exhibitors(await read_rows(bytes(row.data)))
    return Upload(upload, row.name, told, await plan_import(house, conference, told))


async def forget_upload(house: House, upload: str) -> None:
    async with house.transaction() as tx:
        await tx.connection.execute(exhibitor_uploads.delete().where(u.id == upload))

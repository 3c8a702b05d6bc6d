"""Anonymous counts of visits at booths. Each process collects them in memory and writes them in batches."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.engine import Engine
from rooms.core.store.database import insert_into
from rooms.core.store.tables import conferences
from rooms.exhibition.record_tables import booth_visits, visit_salts
from rooms.exhibition.tables import booth_staff, booths

WRITTEN_EVERY = timedelta(seconds=30)
LONGEST_LOOK = 10.0
"""Maximum seconds between two rounds of a running process. A longer gap means that the process was suspended, so it counts as no visit."""

v = booth_visits.c

Stay = tuple[str, str, datetime]
"""Booth, person, and the hour (UTC) in which they were seen."""


class Visits:
    """`see` records the current state; `write` stores it when due. If a process is killed, up to half a minute of counts is lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stays: dict[Stay, float] = {}
        self._looked: datetime | None = None
        self._written = engine.clock()

    def see(self, here: dict[str, Iterable[str]], now: datetime) -> None:
        """`here`: booth → the persons whose connections this process holds. Other processes count their own."""
        elapsed = (now - self._looked).total_seconds() if self._looked else 0.0
        self._looked = now
        hour = now.replace(minute=0, second=0, microsecond=0)
        for booth, people in here.items():
            for person in people:
                stay = (booth, person, hour)
                self._stays[stay] = self._stays.get(stay, 0.0) + min(max(elapsed, 0.0), LONGEST_LOOK)

    async def write(self, now: datetime) -> None:
        """Raises Problem "unavailable"; then the counts are kept for the next attempt."""
        if not self._stays or now < self._written + WRITTEN_EVERY:
            return
        async with self._engine.database.write() as connection:
            rows = await self._rows(connection)
            if rows:
                insert = insert_into(connection, booth_visits)
                sums = {
                    "hours": v.hours.op("|")(insert.excluded.hours),
                    "seconds": v.seconds + insert.excluded.seconds,
                }
                keys = [v.booth, v.day, v.visitor]
                await connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=sums), rows)
        self._stays.clear()
        self._written = now

    async def _rows(self, connection: AsyncConnection) -> list[dict[str, Any]]:
        """All visitors, without staff, once per booth and day."""
        at = {booth for booth, _, _ in self._stays}
        s = booth_staff.c
        staff = {tuple(row) for row in await connection.execute(sa.select(s.booth, s.person).where(s.booth.in_(at)))}
        joined = booths.join(conferences, conferences.c.id == booths.c.conference)
        select = sa.select(booths.c.id, conferences.c.zone).select_from(joined).where(booths.c.id.in_(at))
        zones = {row.id: ZoneInfo(row.zone) for row in await connection.execute(select)}
        salts: dict[date, str] = {}
        rows: dict[tuple[str, date, str], dict[str, Any]] = {}
        for (booth, person, hour), seconds in self._stays.items():
            if (booth, person) in staff or booth not in zones:
                continue
            local = hour.astimezone(zones[booth])
            day = local.date()
            if day not in salts:
                salts[day] = await _salt(connection, day)
            visitor = _hash(salts[day], booth, person)
            row = rows.setdefault(
                (booth, day, visitor), {"booth": booth, "day": day, "visitor": visitor, "hours": 0, "seconds": 0.0}
            )
            row["hours"] |= 1 << local.hour
            row["seconds"] += seconds
        return [{**row, "seconds": round(row["seconds"])} for row in rows.values()]


def _hash(salt: str, booth: str, person: str) -> str:
    # The hash includes the booth, so that nobody can be traced from booth to booth.
    return hashlib.blake2b(f"{booth} {person}".encode(), key=salt.encode(), digest_size=16).hexdigest()


async def _salt(connection: AsyncConnection, day: date) -> str:
    """The salt of a day, the same for all processes. rooms/exhibition/jobs.py deletes salts of past days."""
    s = visit_salts.c
    drawn = insert_into(connection, visit_salts).values(day=day, salt=secrets.token_hex(24))
    await connection.execute(drawn.on_conflict_do_nothing())
    return (await connection.execute(sa.select(s.salt).where(s.day == day))).scalar_one()

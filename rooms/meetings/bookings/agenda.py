"""The sessions that a person speaks at, moderates, interprets or has starred, as far as they take time."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import Role
from rooms.core.store.tables import roles
from rooms.core.text import N_
from rooms.meetings.bookings.slots import TimeSlot
from rooms.programme.tables import session_speakers, sessions, speakers, stars

BusyKind = Literal["speaker", "moderator", "interpreter", "star", "booking", "away"]

REASONS: dict[BusyKind, str] = {
    "speaker": N_("You speak in “%(title)s” (%(time)s)."),
    "moderator": N_("You moderate “%(title)s” (%(time)s)."),
    "interpreter": N_("You interpret “%(title)s” (%(time)s)."),
    "star": N_("You have starred “%(title)s” (%(time)s)."),
    "booking": N_("You have a meeting: %(title)s (%(time)s)."),
    "away": N_("You have marked this time as not available (%(time)s)."),
}
PARTS: tuple[BusyKind, ...] = ("speaker", "moderator", "interpreter", "star")
"""Parts in a session. The first one that a person has is the reason."""


class Busy(NamedTuple):
    """What a person has at a time. `subject`: the id of the session or booking."""

    kind: BusyKind
    subject: str
    title: str
    starts_at: datetime
    ends_at: datetime

    def blocks(self, slot: TimeSlot, buffer: timedelta) -> bool:
        """Whether it leaves no time for a meeting. The pause is kept between two bookings only."""
        pause = buffer if self.kind == "booking" else timedelta()
        return self.starts_at < slot.ends_at + pause and self.ends_at > slot.starts_at - pause

    def reason(self, zone: ZoneInfo) -> tuple[str, dict[str, object]]:
        """Why the person is not free, as a text to translate and its values. For this person alone."""
        return REASONS[self.kind], {"title": self.title, "time": self.starts_at.astimezone(zone)}


async def busy_by_sessions(
    connection: AsyncConnection, people: Collection[str], start: datetime, end: datetime
) -> list[tuple[str, Busy]]:
    """The sessions between two times that take a person's time, each once."""
    s, r = sessions.c, roles.c
    what = (s.id, s.title, s.starts_at, s.ends_at)
    during = sa.and_(s.starts_at < end, s.ends_at > start, s.cancelled.is_(False))
    speaks = (
        sa.select(speakers.c.person, sa.literal(Role.SPEAKER.value).label("part"), *what)
        .join(session_speakers, session_speakers.c.speaker == speakers.c.id)
        .join(sessions, s.id == session_speakers.c.session)
        .where(speakers.c.person.in_(people), during)
    )
    parts = [Role.SPEAKER.value, Role.MODERATOR.value, Role.INTERPRETER.value]
    works = sa.select(r.person, r.role.label("part"), *what).join(sessions, s.id == r.session)
    works = works.where(r.person.in_(people), r.role.in_(parts), during)
    starred = sa.select(stars.c.person, sa.literal("star").label("part"), *what).join(sessions, s.id == stars.c.session)
    starred = starred.where(stars.c.person.in_(people), during)
    found: dict[tuple[str, str], Busy] = {}
    rows = (await connection.execute(sa.union(speaks, works, starred))).all()
    for row in sorted(rows, key=lambda row: PARTS.index(row.part)):
        found.setdefault((row.person, row.id), Busy(row.part, row.id, row.title, row.starts_at, row.ends_at))
    return [(person, each) for (person, _), each in found.items()]

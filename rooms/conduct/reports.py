"""Reports about people and what they wrote, for the organisers of a conference."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.conduct.pending import tell_waiting
from rooms.core.commands.people import PersonView
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.forum.questions.messages import QuestionState
from rooms.forum.tables import questions
from rooms.people.desk import desks_of_organisers
from rooms.people.tables import reports

SHOWN = 200
r, m, q = reports.c, messages.c, questions.c


class Report(NamedTuple):
    """`kind` and `subject`: of the room in which it happened. `done_by`: the organiser who closed it, None while it is open.

    `quote`: the reported message or question, as it was; `version` is that of the question now. `shown`: readers still see it.
    """

    id: str
    person: PersonView
    by: PersonView
    reason: str
    text: str
    at: datetime
    room: str
    kind: str
    subject: str
    done_at: datetime | None
    done_by: str | None
    message: str | None
    question: str | None
    quote: str | None
    anonymous: bool
    version: int
    shown: bool


async def listed(connection: AsyncConnection, conference: str) -> list[Report]:
    """Open reports, then closed ones; the newest first."""
    reported, reporter, organiser = persons.alias("reported"), persons.alias("reporter"), persons.alias("organiser")
    joined = reports.join(reported, reported.c.id == r.person).join(reporter, reporter.c.id == r.by)
    joined = joined.join(rooms, rooms.c.id == r.room).outerjoin(organiser, organiser.c.id == r.done_by)
    joined = joined.outerjoin(messages, m.id == r.message).outerjoin(questions, q.id == r.question)
    columns = (r.id, r.person, reported.c.name, r.by, reporter.c.name.label("by_name"), r.reason, r.text, r.at)
    where = (r.room, rooms.c.kind, rooms.c.subject, r.done_at, organiser.c.name.label("done_by"))
    public = sa.and_(q.state == QuestionState.APPROVED.value, q.archived_at.is_(None))
    shown = sa.case((r.message.is_not(None), m.removed_by.is_(None)), else_=public).label("shown")
    said = (r.message, r.question, r.quote, q.anonymous, q.version, shown)
    select = sa.select(*columns, *where, *said).select_from(joined).where(r.conference == conference)
    open_first = sa.case((r.done_at.is_(None), 0), else_=1)
    rows = await connection.execute(select.order_by(open_first, r.at.desc(), r.id).limit(SHOWN))
    return [
        Report(
            row.id,
            PersonView(row.person, row.name),
            PersonView(row.by, row.by_name),
            row.reason,
            row.text,
            row.at,
            row.room,
            row.kind,
            row.subject,
            row.done_at,
            row.done_by,
            row.message,
            row.question,
            row.quote,
            bool(row.anonymous),
            row.version or 0,
            bool(row.shown),
        )
        for row in rows
    ]


async def mark_done(engine: Engine, conference: str, report: str, *, by: str) -> None:
    """Closes a report on behalf of an organiser. Raises Problem "not_found"."""
    async with engine.database.read() as connection:
        desks = (await desks_of_organisers(connection, conference)).values()
    async with engine.transaction(desks) as tx:
        that = sa.and_(r.id == report, r.conference == conference)
        row = (await tx.connection.execute(sa.select(r.person, r.question).where(that))).one_or_none()
        if row is None:
            raise Problem("not_found", N_("This report does not exist."), field="report")
        still = reports.update().where(that, r.done_at.is_(None)).values(done_at=tx.now, done_by=by)
        if (await tx.connection.execute(still)).rowcount:
            tx.audit(conference, by, "report.done", row.question or row.person, {"report": report})
            await tell_waiting(tx, conference, desks)

"""Personal data in the exhibition, of visitors and of a booth's staff."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.core.store.tables import audit
from rooms.exhibition.files.tables import file_consents, file_takers, files
from rooms.exhibition.leads.actions import fold
from rooms.exhibition.leads.tables import consents, lead_notes, leads
from rooms.exhibition.record_tables import exhibitor_applications, owner_invites
from rooms.exhibition.tables import booth_breaks, booth_shifts, booth_staff, booths, contacts, queue_places

p, c = queue_places.c, contacts.c
DECLINED = ("booth.decline", "application.decline")


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    """The booths where the person was a visitor or one of the staff, and the halls that show these booths."""
    places = (
        (p.booth, p.person),
        (p.booth, p.called_by),
        (c.booth, c.person),
        (c.booth, c.owner),
        (leads.c.booth, leads.c.person),
        (booth_staff.c.booth, booth_staff.c.person),
    )
    selects = (sa.select(booth).where(person == subject.id) for booth, person in places)
    at = sa.union(*selects, _declined(subject.id))
    halls = sa.select(booths.c.hall).where(booths.c.id.in_(at))
    return [
        sa.select(rooms.c.id).where(rooms.c.kind == "booth", rooms.c.subject.in_(at)),
        sa.select(rooms.c.id).where(rooms.c.kind == "hall", rooms.c.subject.in_(halls)),
    ]


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    """Ends the person's queue places, and reopens requests that they had taken as staff."""
    person = subject.id
    gone = queue_places.update().where(p.person == person, p.state != "done")
    await tx.connection.execute(gone.values(state="left", ended_at=tx.now))
    freed = contacts.update().where(c.owner == person, c.state == "taken")
    await tx.connection.execute(freed.values(owner=None, state="open"))
    await _erase_notes(tx.connection, person)
    await _erase_reasons(tx.connection, person)
    waiting = sa.select(sa.func.count()).where(p.booth == booths.c.id, p.state == "waiting").scalar_subquery()
    at = sa.select(p.booth).where(p.person == person)
    await tx.connection.execute(booths.update().where(booths.c.id.in_(at)).values(waiting=waiting))


async def _erase_notes(connection: AsyncConnection, person: str) -> None:
    about = sa.select(leads.c.id).where(leads.c.person == person)
    await connection.execute(lead_notes.delete().where(lead_notes.c.lead.in_(about)))
    noted = sa.select(lead_notes.c.lead).where(lead_notes.c.author == person)
    found = list((await connection.execute(noted)).scalars())
    await connection.execute(lead_notes.delete().where(lead_notes.c.author == person))
    await fold(connection, leads.c.id.in_(found))


async def _erase_reasons(connection: AsyncConnection, person: str) -> None:
    """Why an organiser declined a draft or an application. These tables do not say who wrote it, but the audit log does."""
    select = sa.select(audit.c.subject, audit.c.actor).where(audit.c.subject.in_(_declined(person)))
    select = select.where(audit.c.act.in_(DECLINED)).order_by(audit.c.number)
    last: dict[str, str | None] = {row.subject: row.actor for row in await connection.execute(select)}
    ids = [subject for subject, actor in last.items() if actor == person]
    await connection.execute(booths.update().where(booths.c.id.in_(ids)).values(note=""))
    e = exhibitor_applications
    await connection.execute(e.update().where(e.c.id.in_(ids)).values(reason=""))


def _declined(person: str) -> "sa.Select[str]":
    return sa.select(audit.c.subject).where(audit.c.actor == person, audit.c.act.in_(DECLINED))


register(
    "exhibition",
    PersonalData(
        rows=(
            Rows("booths", booth_staff, ("booth", "duty", "added_at")),
            Rows("shifts", booth_shifts, ("booth", "starts_at", "ends_at")),
            Rows("breaks", booth_breaks, ("booth", "since", "minutes")),
            Rows("queues", queue_places, ("booth", "ticket", "state", "joined_at", "ended_at"), replace={}),
            Rows("visitors_called", queue_places, ("booth", "called_at"), by="called_by", replace={}),
            Rows(
                "booth_requests",
                contacts,
                ("booth", "kind", "text", "state", "at"),
                replace={"text": "", "state": "done"},
            ),
            Rows("booth_requests_taken", contacts, ("booth", "kind", "state"), by="owner", replace={}),
            Rows(
                "leads", leads, ("booth", "state", "purpose", "source", "organisation", "name", "email", "at", "rating")
            ),
            Rows("leads_asked", leads, ("booth", "at"), by="asked_by", replace={}),
            Rows("lead_notes", lead_notes, ("text", "at"), by="author"),
            Rows("consents", consents, ("booth", "act", "purpose", "source", "at"), replace={}),
            Rows("consents_asked", consents, ("booth", "at"), by="by", replace={}),
            Rows("files_added", files, ("booth", "kind", "title", "added_at"), by="added_by", replace={}),
            Rows("file_consents", file_consents, ("booth", "purpose", "given", "at")),
            Rows("files_taken", file_takers, ("file", "at")),
            Rows("owner_invites", owner_invites, ("booth", "added_at", "invited_at"), by="email"),
            Rows(
                "exhibitor_applications",
                exhibitor_applications,
                ("conference", "said", "hall", "tier", "remark", "state", "reason", "sent_at", "decided_at"),
            ),
        ),
        rooms=_rooms,
        erase=_erase,
        texts={leads: ("searched",), booths: ("note",)},
    ),
)

"""What the exhibition keeps about a person: as a visitor, and as one of a booth's staff."""

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.exhibition.files.tables import file_consents, file_takers, files
from rooms.exhibition.leads.tables import consents, lead_notes, leads
from rooms.exhibition.record_tables import exhibitor_applications, owner_invites
from rooms.exhibition.tables import booth_staff, booths, contacts, queue_places

p, c = queue_places.c, contacts.c


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    at = sa.union(
        sa.select(p.booth).where(p.person == subject.id),
        sa.select(p.booth).where(p.called_by == subject.id),
        sa.select(c.booth).where(sa.or_(c.person == subject.id, c.owner == subject.id)),
        sa.select(leads.c.booth).where(leads.c.person == subject.id),
        sa.select(booth_staff.c.booth).where(booth_staff.c.person == subject.id),
    )
    return [sa.select(rooms.c.id).where(rooms.c.kind == "booth", rooms.c.subject.in_(at))]


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    """Nobody waits for a person who is gone. What that person had taken on as staff is open again."""
    person = subject.id
    gone = queue_places.update().where(p.person == person, p.state != "done")
    await tx.connection.execute(gone.values(state="left", ended_at=tx.now))
    freed = contacts.update().where(c.owner == person, c.state == "taken")
    await tx.connection.execute(freed.values(owner=None, state="open"))
    own = sa.select(leads.c.id).where(leads.c.person == person)
    await tx.connection.execute(lead_notes.delete().where(lead_notes.c.lead.in_(own)))
    waiting = sa.select(sa.func.count()).where(p.booth == booths.c.id, p.state == "waiting").scalar_subquery()
    at = sa.select(p.booth).where(p.person == person)
    await tx.connection.execute(booths.update().where(booths.c.id.in_(at)).values(waiting=waiting))


register(
    "exhibition",
    PersonalData(
        rows=(
            Rows("booths", booth_staff, ("booth", "duty", "added_at")),
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
    ),
)

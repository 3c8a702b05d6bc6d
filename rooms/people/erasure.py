"""What is kept about a person: to be handed to him, or to be erased.

Erased are his name, his address and all that he wrote. His bare id stays, in votes and in what he chose in polls, whose count is the room's, in the
ledger of consents and in the audit log, which is a chain.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import marks, messages
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.ids import new_id
from rooms.core.store.journal import forget_person, rooms
from rooms.core.store.tables import outcomes, persons, restraints, roles
from rooms.exhibition.files.tables import file_consents, file_takers
from rooms.exhibition.leads.tables import consents, lead_notes, leads
from rooms.exhibition.record_tables import exhibitor_applications, owner_invites
from rooms.exhibition.tables import booth_staff, booths, contacts, queue_places
from rooms.forum.polls import queries as poll_queries
from rooms.forum.polls.tables import poll_answers, poll_texts, polls
from rooms.forum.tables import questions, votes
from rooms.meetings.tables import call_outcomes, call_peers, call_waits, invited
from rooms.people import accounts, signins
from rooms.people.desk import desk_of
from rooms.people.tables import api_tokens, blocks, links, notices, reports
from rooms.people.tables import signins as signins_table
from rooms.programme.tables import forums, speakers, stars, uploads

NOBODY = "—"


async def export(connection: AsyncConnection, person: str) -> dict[str, Any]:
    """All that is kept about a person, and nothing about anybody else: {"person": {…}, "questions": [{…}] …}. Raises Problem "not_found"."""
    account = await accounts.get(connection, person)
    hidden = {"has_password", "calendar_key"}
    return {
        "person": {name: value for name, value in account._asdict().items() if name not in hidden},
        "sign_ins": await _rows(connection, signins_table, person, "created_at", "expires_at", "revoked_at", "device"),
        "roles": await _rows(connection, roles, person, "conference", "session", "role", "granted_at"),
        "restraints": await _rows(connection, restraints, person, "conference", "session", "kind", "until", "reason"),
        "questions": await _rows(
            connection,
            questions,
            person,
            "id",
            "room",
            "text",
            "original",
            "anonymous",
            "state",
            "asked_at",
            by="author",
        ),
        "votes": await _rows(connection, votes, person, "question", "at"),
        "poll_answers": await _rows(connection, poll_answers, person, "poll", "choices", "text", "at"),
        "messages": await _rows(connection, messages, person, "id", "room", "text", "at", by="author"),
        "stars": await _rows(connection, stars, person, "session", "at"),
        "booths": await _rows(connection, booth_staff, person, "booth", "duty", "added_at"),
        "queues": await _rows(connection, queue_places, person, "booth", "state", "joined_at", "ended_at"),
        "leads": await _rows(
            connection, leads, person, "booth", "state", "purpose", "source", "organisation", "name", "email", "at"
        ),
        "consents": await _rows(connection, consents, person, "booth", "act", "purpose", "source", "at"),
        "file_consents": await _rows(connection, file_consents, person, "booth", "purpose", "given", "at"),
        "files_taken": await _rows(connection, file_takers, person, "file", "at"),
        "exhibitor_applications": await _rows(
            connection, exhibitor_applications, person, "said", "hall", "remark", "state", "reason", "sent_at"
        ),
        "booth_requests": await _rows(connection, contacts, person, "booth", "kind", "text", "state", "at"),
        "meetings": await _rows(connection, invited, person, "meeting"),
        "calls": await _rows(connection, call_outcomes, person, "meeting", "outcome", "rating", "note", "at"),
        "blocked": await _rows(connection, blocks, person, "blocked", "at"),
        "reports": await _rows(connection, reports, person, "person", "reason", "text", "at", by="by"),
        "notices": await _rows(connection, notices, person, "kind", "values", "href", "at"),
    }


async def _rows(
    connection: AsyncConnection, table: sa.Table, person: str, *columns: str, by: str = "person"
) -> list[dict[str, Any]]:
    select = sa.select(*(table.c[name] for name in columns)).where(table.c[by] == person)
    return [dict(row) for row in (await connection.execute(select)).mappings()]


async def erase(engine: Engine, person: str) -> None:
    """Signs a person out everywhere and erases him. Raises Problem "not_found".

    The rooms where he took part get a new epoch: whoever is there is given the room as it now stands, and no old stream can bring him back.
    """
    async with engine.database.read() as connection:
        await accounts.get(connection, person)
    await signins.revoke_all(engine, person)
    async with engine.database.read() as connection:
        touched = await _touched(connection, person)
    async with engine.transaction(touched, patience=LONG) as tx:
        await _erase_words(tx.connection, person)
        await _erase_poll_texts(tx.connection, person, touched)
        for table in (
            signins_table,
            api_tokens,
            links,
            roles,
            restraints,
            notices,
            outcomes,
            stars,
            marks,
            booth_staff,
            blocks,
            call_peers,
            call_waits,
            call_outcomes,
            file_consents,
            file_takers,
        ):
            await tx.connection.execute(table.delete().where(table.c.person == person))
        await tx.connection.execute(blocks.delete().where(blocks.c.blocked == person))
        # What others have reported of him stays, about a bare id.
        await tx.connection.execute(reports.update().where(reports.c.by == person).values(text=""))
        await _leave_exhibition(tx, person)
        await tx.connection.execute(speakers.update().where(speakers.c.person == person).values(person=None))
        bare = {"name": NOBODY, "email": None, "password": None, "verified_at": None, "admin": False, "listed": False}
        bare |= {"locale": None, "zone": None, "calendar_key": new_id(), "erased_at": tx.now}
        await tx.connection.execute(persons.update().where(persons.c.id == person).values(bare))
        await forget_person(tx.connection, person, touched)
        await tx.connection.execute(rooms.update().where(rooms.c.id.in_(touched)).values(epoch=new_id()))
        tx.audit(None, person, "person.erase", person)
    await engine.hub.reconcile(touched)


async def _leave_exhibition(tx: Transaction, person: str) -> None:
    """Nobody waits for one who is gone, or keeps what he asked; whose task it was is for the staff to say anew."""
    q, c = queue_places.c, contacts.c
    gone = queue_places.update().where(q.person == person, q.state != "done")
    await tx.connection.execute(gone.values(state="left", ended_at=tx.now))
    await tx.connection.execute(contacts.update().where(c.person == person).values(text="", state="done"))
    freed = contacts.update().where(c.owner == person, c.state == "taken")
    await tx.connection.execute(freed.values(owner=None, state="open"))
    own = sa.select(leads.c.id).where(leads.c.person == person)
    written = sa.or_(lead_notes.c.lead.in_(own), lead_notes.c.author == person)
    await tx.connection.execute(lead_notes.delete().where(written))
    address = sa.select(persons.c.email).where(persons.c.id == person).scalar_subquery()
    await tx.connection.execute(owner_invites.delete().where(owner_invites.c.email == address))
    for table in (leads, exhibitor_applications, uploads):
        await tx.connection.execute(table.delete().where(table.c.person == person))
    waiting = sa.select(sa.func.count()).where(q.booth == booths.c.id, q.state == "waiting").scalar_subquery()
    at = sa.select(q.booth).where(q.person == person)
    await tx.connection.execute(booths.update().where(booths.c.id.in_(at)).values(waiting=waiting))


async def _touched(connection: AsyncConnection, person: str) -> list[str]:
    """The rooms whose journals may name a person: where he wrote, and all of the conferences in which he had a role."""
    wrote = sa.union(
        sa.select(questions.c.room).where(questions.c.author == person),
        sa.select(messages.c.room).where(messages.c.author == person),
        sa.select(polls.c.room)
        .join(poll_answers, poll_answers.c.poll == polls.c.id)
        .where(poll_answers.c.person == person),
        sa.select(rooms.c.id).where(
            rooms.c.kind.in_(("booth", "meeting")),
            rooms.c.subject.in_(
                sa.union(
                    sa.select(queue_places.c.booth).where(queue_places.c.person == person),
                    sa.select(contacts.c.booth).where(contacts.c.person == person),
                    sa.select(contacts.c.booth).where(contacts.c.owner == person),
                    sa.select(leads.c.booth).where(leads.c.person == person),
                    sa.select(booth_staff.c.booth).where(booth_staff.c.person == person),
                    sa.select(invited.c.meeting).where(invited.c.person == person),
                )
            ),
        ),
        sa.select(rooms.c.id).where(
            rooms.c.conference.in_(sa.select(roles.c.conference).where(roles.c.person == person))
        ),
    )
    return [*(await connection.execute(wrote)).scalars(), await desk_of(connection, person)]


async def _erase_words(connection: AsyncConnection, person: str) -> None:
    own = sa.select(questions.c.id).where(questions.c.author == person)
    # What others asked must not vanish with a question into which it was merged.
    freed = sa.case((questions.c.approved_at.is_(None), "pending"), else_="approved")
    await connection.execute(questions.update().where(questions.c.into.in_(own)).values(into=None, state=freed))
    for place in ("screen", "answering"):
        await connection.execute(forums.update().where(forums.c[place].in_(own)).values({place: None}))
    blank: dict[str, Any] = {
        "author_name": NOBODY,
        "text": "",
        "original": None,
        "anonymous": True,
        "state": "withdrawn",
        "into": None,
        "pinned": False,
    }
    blank |= {"labels": [], "reason": "", "answer": None, "claimed_by": None, "claimed_at": None}
    changed = questions.update().where(questions.c.author == person)
    await connection.execute(changed.values(blank | {"version": questions.c.version + 1}))
    silent = messages.update().where(messages.c.author == person)
    await connection.execute(
        silent.values(author_name=NOBODY, text="", removed_by=sa.func.coalesce(messages.c.removed_by, person))
    )


async def _erase_poll_texts(connection: AsyncConnection, person: str, touched: Sequence[str]) -> None:
    t, a = poll_texts.c, poll_answers.c
    said = (await connection.execute(sa.select(t.poll).where(t.person == person))).scalars().all()
    await connection.execute(poll_texts.delete().where(t.person == person))
    await connection.execute(poll_answers.update().where(a.person == person).values(text=""))
    for room in touched:
        for poll in await poll_queries.polls_of(connection, room, polls.c.id.in_(said)):
            tally = await poll_queries.tally(connection, poll)
            await connection.execute(polls.update().where(polls.c.id == poll.id).values(tally=tally))

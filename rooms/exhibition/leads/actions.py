"""Leads: a visitor shares a contact with an exhibitor, for a purpose, and may withdraw it; the staff add notes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core import search
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import room_of
from rooms.core.store.tables import persons
from rooms.core.text import N_, clean_line, clean_text
from rooms.exhibition import rules
from rooms.exhibition.booths.editing import BOOTH
from rooms.exhibition.leads import queries
from rooms.exhibition.leads.messages import (
    NOTE_LENGTH,
    ORGANISATION_LENGTH,
    TAG_LENGTH,
    AskLead,
    LeadChanged,
    LeadOwn,
    LeadState,
    NoteLead,
    Purpose,
    QualifyLead,
    ShareLead,
    Source,
    WithdrawLead,
)
from rooms.exhibition.leads.tables import consents, lead_notes, leads
from rooms.exhibition.tables import booths
from rooms.people.accounts import clean_email
from rooms.people.desk import notify, with_desk

l = leads.c  # noqa: E741 - as the other slices name their columns


@command(ShareLead, kinds=BOOTH, allowed=rules.shares, rate=Rate(10, 60))
async def share_lead(tx: Transaction, actor: Actor, command: ShareLead) -> None:
    booth, person = actor.room.subject, actor.known.id
    organisation = ""
    if command.organisation.strip():
        organisation = clean_line(command.organisation, ORGANISATION_LENGTH, "organisation")
    held = await _held(tx, booth, person)
    source = Source.ASKED if held is not None and held.state == LeadState.ASKED.value else command.source
    email = (await tx.connection.execute(sa.select(persons.c.email).where(persons.c.id == person))).scalar_one()
    if email is None and command.email.strip():
        email = clean_email(command.email)
    values: dict[str, Any] = {"state": LeadState.GIVEN.value, "purpose": command.purpose.value, "source": source.value}
    values |= {"organisation": organisation, "name": actor.known.name, "email": email, "at": tx.now}
    if held is None:
        id = new_id()
        await tx.connection.execute(leads.insert().values(id=id, booth=booth, person=person, tags=[], **values))
    else:
        id = held.id
        await tx.connection.execute(leads.update().where(l.id == id).values(**values))
    by = held.asked_by if held is not None else None
    await fold(tx.connection, l.id == id)
    await _write_down(tx, booth, person, "given", command.purpose.value, source.value, by)
    await _tell(tx, booth, id, person)


@command(WithdrawLead, kinds=BOOTH, allowed=rules.waits, rate=Rate(10, 60))
async def withdraw_lead(tx: Transaction, actor: Actor, command: WithdrawLead) -> None:
    await _withdraw(tx, actor.room.subject, actor.known.id, actor.room.id)


async def take_back(engine: Engine, person: str, booth: str) -> None:
    """Withdraws from the account page, which also works for a person who may no longer enter the booth. Raises Problem "not_found"."""
    async with engine.database.read() as connection:
        if (person, booth) not in await queries.own(connection, [person], [booth]):
            raise Problem("not_found", N_("You have shared nothing with this exhibitor."))
        room = await room_of(connection, "booth", booth)
    async with engine.transaction([room]) as tx:
        await _withdraw(tx, booth, person, room)


async def _withdraw(tx: Transaction, booth: str, person: str, room: str) -> None:
    held = await _held(tx, booth, person)
    if held is None:
        return
    await drop(tx.connection, l.id == held.id)
    act = "refused" if held.state == LeadState.ASKED.value else "withdrawn"
    await _write_down(tx, booth, person, act, held.purpose, held.source, held.asked_by)
    await _tell(tx, booth, held.id, person, room)


async def drop(connection: AsyncConnection, which: "sa.ColumnElement[bool]") -> None:
    """Deletes leads with their notes."""
    gone = sa.select(l.id).where(which)
    await connection.execute(lead_notes.delete().where(lead_notes.c.lead.in_(gone)))
    await connection.execute(leads.delete().where(which))


@command(AskLead, kinds=BOOTH, allowed=rules.answers, extra_rooms=with_desk(), rate=Rate(30, 60))
async def ask_lead(tx: Transaction, actor: Actor, command: AskLead) -> None:
    booth = actor.room.subject
    held = await _held(tx, booth, command.person)
    if held is not None:
        return
    if (await tx.connection.execute(declined(booth).where(consents.c.person == command.person))).first() is not None:
        raise Problem("conflict", N_("This visitor declined. They can still share their contact themselves."))
    if not await queries.is_in_touch(tx.connection, booth, command.person):
        text = N_("You can ask visitors who joined the queue, wrote to you or used the chat.")
        raise Problem("not_found", text, field="person")
    id = new_id()
    asked = {"purpose": Purpose.FOLLOW_UP.value, "source": Source.ASKED.value}
    values: dict[str, Any] = {
        "id": id,
        "booth": booth,
        "person": command.person,
        "state": LeadState.ASKED.value,
        "tags": [],
        **asked,
    }
    await tx.connection.execute(leads.insert().values(**values, asked_by=actor.known.id, at=tx.now))
    await fold(tx.connection, l.id == id)
    await _write_down(tx, booth, command.person, "asked", by=actor.known.id, **asked)
    await _tell(tx, booth, id, command.person)
    select = sa.select(booths.c.name, booths.c.conference).where(booths.c.id == booth)
    name, conference = (await tx.connection.execute(select)).one()
    target = Target("booth.lead", conference, booth)
    await notify(tx, command.person, "lead.asked", {"booth": name}, target, about=actor.known.view)


def declined(booth: str) -> "sa.Select[Any]":
    """People who have refused a booth or withdrawn their contact: they are not asked again."""
    c = consents.c
    return sa.select(c.person).where(c.booth == booth, c.act.in_(("refused", "withdrawn")))


@command(NoteLead, kinds=BOOTH, allowed=rules.answers)
async def note_lead(tx: Transaction, actor: Actor, command: NoteLead) -> None:
    lead = await _lead(tx, actor, command.lead)
    text = clean_text(command.text, NOTE_LENGTH, "text")
    signed = {"author": actor.known.id, "author_name": actor.known.name}
    note = {"id": new_id(), "lead": lead.id, **signed, "text": text, "at": tx.now}
    await tx.connection.execute(lead_notes.insert().values(note))
    await fold(tx.connection, l.id == lead.id)
    await _tell(tx, actor.room.subject, lead.id)


@command(QualifyLead, kinds=BOOTH, allowed=rules.answers)
async def qualify_lead(tx: Transaction, actor: Actor, command: QualifyLead) -> None:
    lead = await _lead(tx, actor, command.lead)
    tags = list(dict.fromkeys(clean_line(tag, TAG_LENGTH, "tags") for tag in command.tags if tag.strip()))
    if (lead.rating, lead.tags) == (command.rating.value, tags):
        return
    if command.seen and command.seen != queries.mark(lead.rating, lead.tags):
        raise Problem("stale", N_("A colleague has changed this lead. Check it again before you save."))
    await tx.connection.execute(leads.update().where(l.id == lead.id).values(rating=command.rating.value, tags=tags))
    await fold(tx.connection, l.id == lead.id)
    await _tell(tx, actor.room.subject, lead.id)


async def fold(connection: AsyncConnection, which: "sa.ColumnElement[bool]") -> None:
    """Updates the search text of leads after each change. It is case-folded here, because databases only fold ASCII, or depend on their locale."""
    for lead in await queries.leads_with_notes(connection, which):
        parts = (lead.name, lead.organisation, lead.email or "", *lead.tags, *(note.text for note in lead.notes))
        searched = search.fold("\n".join(parts))
        await connection.execute(leads.update().where(l.id == lead.id).values(searched=searched))


async def _held(tx: Transaction, booth: str, person: str) -> Any:
    this = sa.and_(l.booth == booth, l.person == person)
    return (await tx.connection.execute(sa.select(leads).where(this))).one_or_none()


async def _lead(tx: Transaction, actor: Actor, id: str) -> Any:
    this = sa.and_(l.id == id, l.booth == actor.room.subject)
    row = (await tx.connection.execute(sa.select(leads).where(this))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This lead no longer exists. The visitor has withdrawn it."), field="lead")
    return row


async def _write_down(
    tx: Transaction, booth: str, person: str, act: str, purpose: str, source: str, by: str | None
) -> None:
    row = {"booth": booth, "person": person, "act": act, "purpose": purpose, "source": source, "by": by}
    await tx.connection.execute(consents.insert().values(id=new_id(), **row, at=tx.now))


async def _tell(tx: Transaction, booth: str, lead: str, person: str | None = None, room: str | None = None) -> None:
    """Announces a lead to the staff and, where `person` is given, to the visitor."""
    tx.record(LeadChanged(lead, await queries.count(tx.connection, booth)), room=room)
    if person is not None:
        own = await queries.own(tx.connection, [person], [booth])
        tx.record(LeadOwn(own.get((person, booth))), room=room, person=person)

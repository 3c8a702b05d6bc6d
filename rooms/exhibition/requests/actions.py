"""Visitors' requests to a booth's staff. The first to take a contact request answers it; a message is assigned to an owner from the start."""

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_text
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.editing import BOOTH
from rooms.exhibition.requests.messages import (
    CONTACT_LENGTH,
    AskContact,
    CloseContact,
    ContactAsked,
    ContactChanged,
    ContactKind,
    ContactOwn,
    ContactState,
    ContactView,
    TakeContact,
)
from rooms.exhibition.tables import booth_staff, contacts
from rooms.people.desk import notify, with_desk_from

ABSENT = N_("This request does not exist.")
MOST_OPEN = 3
"""Open requests of one person at one booth."""

c = contacts.c


@command(AskContact, kinds=BOOTH, allowed=rules.visits, rate=Rate(6, 60))
async def ask_contact(tx: Transaction, actor: Actor, command: AskContact) -> ContactAsked:
    text = clean_text(command.text, CONTACT_LENGTH, "text")
    booth, person = actor.room.subject, actor.known.id
    mine = sa.select(sa.func.count()).where(c.booth == booth, c.person == person, c.state != "done")
    if (await tx.connection.execute(mine)).scalar_one() >= MOST_OPEN:
        raise Problem("conflict", N_("The staff have not answered your earlier message yet."))
    owner = await _least_busy(tx, booth) if command.kind is ContactKind.MESSAGE else None
    id = new_id()
    values = {"id": id, "booth": booth, "person": person, "kind": command.kind.value, "text": text, "owner": owner}
    await tx.connection.execute(contacts.insert().values(**values, state="taken" if owner else "open", at=tx.now))
    await _tell(tx, id)
    return ContactAsked(id)


@command(TakeContact, kinds=BOOTH, allowed=rules.answers, extra_rooms=with_desk_from(c.person, c.id, "contact"))
async def take_contact(tx: Transaction, actor: Actor, command: TakeContact) -> None:
    view = await _contact(tx, actor, command.contact)
    if view.owner is not None and view.owner.id != actor.known.id:
        text = N_("%(name)s has already taken this.")
        raise Problem("stale", text, present=view, values={"name": view.owner.name})
    if view.owner is not None:
        return
    if view.state is ContactState.DONE:  # the visitor's account was erased
        raise Problem("not_found", ABSENT, field="contact")
    taken = contacts.update().where(c.id == view.id).values(state="taken", owner=actor.known.id)
    await tx.connection.execute(taken)
    await _tell(tx, view.id)
    booth = await queries.booth_row(tx.connection, actor.room.subject)
    await notify(tx, view.person.id, "contact", {"booth": booth.name}, None, about=actor.known.view)


@command(CloseContact, kinds=BOOTH, allowed=rules.answers)
async def close_contact(tx: Transaction, actor: Actor, command: CloseContact) -> None:
    view = await _contact(tx, actor, command.contact)
    await tx.connection.execute(
        contacts.update()
        .where(c.id == view.id)
        .values(state="done", owner=view.owner.id if view.owner else actor.known.id)
    )
    await _tell(tx, view.id)


async def _least_busy(tx: Transaction, booth: str) -> str | None:
    """The owner of a new message: the person with the fewest tasks among those who answer messages, otherwise among all staff."""
    s = booth_staff.c
    tasks = (
        sa.select(sa.func.count()).where(c.owner == s.person, c.booth == booth, c.state == "taken").scalar_subquery()
    )
    last = sa.case((s.duty == "contact", 0), (s.duty == "staff", 1), else_=2)
    select = sa.select(s.person).where(s.booth == booth).order_by(last, tasks, s.added_at, s.person).limit(1)
    return (await tx.connection.execute(select)).scalar_one_or_none()


async def _contact(tx: Transaction, actor: Actor, id: str) -> ContactView:
    found = await queries.contact_views(tx.connection, c.id == id, c.booth == actor.room.subject)
    if not found:
        raise Problem("not_found", ABSENT, field="contact")
    return found[0]


async def _tell(tx: Transaction, id: str) -> None:
    view = (await queries.contact_views(tx.connection, c.id == id))[0]
    tx.record(ContactChanged(view))
    tx.record(ContactOwn(queries.own_contact(view)), person=view.person.id)

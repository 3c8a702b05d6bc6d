"""Two people connect: one asks, the other agrees; either takes it back.

Each person has a row of their own about the other, which says how they stand to them. A decline changes the row of the person who declines alone, so the
other cannot notice it. A transaction here locks the desk of the other person; the lobby or one's own desk is locked as the room of the command.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.contacts import cards
from rooms.contacts.messages import (
    NOTE_LENGTH,
    AgreeConnection,
    AskConnection,
    CardField,
    ChooseFields,
    ConnectionState,
    DeclineConnection,
    EndConnection,
    HowMet,
    ProfileAudience,
)
from rooms.contacts.tables import connections
from rooms.core.commands.access import Actor, Person, resolve
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.journal import Room
from rooms.core.text import N_, optional_text
from rooms.people import blocks, rules
from rooms.people.desk import notify, with_desk

DESK = {"desk"}
MOST_CONTACTS = 2000
MOST_WAITING = 50
"""Requests of one person that have no answer."""

UNREACHABLE = N_("This person cannot be asked here.")
ANSWERED = N_("This request has already been answered or taken back.")
BLOCKED = N_("You have blocked this person.")

x = connections.c


class WhereMet(NamedTuple):
    """In which conference two people met, and how."""

    conference: str
    how: HowMet


@command(AskConnection, kinds={"lobby"}, allowed=rules.speaks_up, extra_rooms=with_desk(), rate=Rate(20, 3600))
async def ask_connection(tx: Transaction, actor: Actor, command: AskConnection) -> None:
    person, other = actor.known, command.person
    check_account(person)
    text = optional_text(command.text, NOTE_LENGTH, "text")
    await check_reachable(tx, actor.room, person, other)
    mine, theirs = await _row(tx.connection, person.id, other), await _row(tx.connection, other, person.id)
    if mine is not None and mine.state == ConnectionState.AGREED:
        raise Problem("conflict", N_("You are in contact already."), field="person")
    if mine is not None and mine.state == ConnectionState.ASKED:
        raise Problem("conflict", N_("You have asked this person already."), field="person")
    if theirs is not None and theirs.state == ConnectionState.ASKED:
        await _connect(tx, actor.known, other, command.fields, theirs.fields, WhereMet(theirs.conference, command.how))
        return
    waits = sa.select(sa.func.count()).where(x.person == person.id, x.state == ConnectionState.ASKED.value)
    if (await tx.connection.execute(waits)).scalar_one() >= MOST_WAITING:
        message = N_("%(most)s of your requests wait for an answer. Withdraw one first.")
        raise Problem("conflict", message, values={"most": MOST_WAITING})
    met = WhereMet(actor.room.subject, command.how)
    await _put(tx, person.id, other, ConnectionState.ASKED, command.fields, met, text)
    if theirs is None or theirs.state == ConnectionState.WITHDRAWN:
        await _put(tx, other, person.id, ConnectionState.REQUESTED, (), met)
    if theirs is None:
        await notify(tx, other, "connect.asked", {}, Target("contacts"), about=person.view)


@command(AgreeConnection, kinds=DESK, allowed=rules.owns_desk, extra_rooms=with_desk(), rate=Rate(60, 600))
async def agree_connection(tx: Transaction, actor: Actor, command: AgreeConnection) -> None:
    person, other = actor.known, command.person
    check_account(person)
    await _check_requested(tx, person.id, other)
    theirs = await _row(tx.connection, other, person.id)
    if theirs is None or theirs.state != ConnectionState.ASKED:
        raise Problem("stale", ANSWERED, field="person")
    if await blocks.between(tx.connection, [person.id, other]):
        raise Problem("stale", ANSWERED, field="person")
    await _connect(tx, person, other, command.fields, theirs.fields, WhereMet(theirs.conference, HowMet(theirs.how)))


@command(DeclineConnection, kinds=DESK, allowed=rules.owns_desk, extra_rooms=with_desk())
async def decline_connection(tx: Transaction, actor: Actor, command: DeclineConnection) -> None:
    await _check_requested(tx, actor.known.id, command.person)
    await _change(tx, actor.known.id, command.person, state=ConnectionState.DECLINED.value, at=tx.now)


@command(ChooseFields, kinds=DESK, allowed=rules.owns_desk, extra_rooms=with_desk(), rate=Rate(60, 600))
async def choose_fields(tx: Transaction, actor: Actor, command: ChooseFields) -> None:
    await _giving(tx, actor.known.id, command.person)
    await _change(tx, actor.known.id, command.person, fields=[name.value for name in dict.fromkeys(command.fields)])


@command(EndConnection, kinds=DESK, allowed=rules.owns_desk, extra_rooms=with_desk())
async def end_connection(tx: Transaction, actor: Actor, command: EndConnection) -> None:
    person, other = actor.known.id, command.person
    mine, theirs = await _giving(tx, person, other), await _row(tx.connection, other, person)
    if mine.state == ConnectionState.AGREED:
        # The row stays: a code from before cannot connect them again, and further requests of the other do not arrive.
        await _change(tx, person, other, state=ConnectionState.ENDED.value, fields=[], text="", at=tx.now)
        await _delete(tx.connection, other, person)
        return
    await _delete(tx.connection, person, other)
    if theirs is not None and theirs.state == ConnectionState.REQUESTED:
        # The row stays: asking and withdrawing in turns notifies once.
        await _change(tx, other, person, state=ConnectionState.WITHDRAWN.value, at=tx.now)


@blocks.when_blocked
async def disconnect(tx: Transaction, person: str, blocked: str) -> None:
    await _delete(tx.connection, person, blocked)
    await _delete(tx.connection, blocked, person)


async def connect_at_table(
    tx: Transaction, actor: Actor, shower: str, given: Iterable[CardField], own: Iterable[CardField], signed_at: Any
) -> None:
    """Connects the actor with the person who shows a code. Raises Problem "expired" for a code from before they took the contact back."""
    person = actor.known
    check_account(person)
    await check_reachable(tx, actor.room, person, shower, hidden=True)
    theirs = await _row(tx.connection, shower, person.id)
    if theirs is not None and theirs.state == ConnectionState.AGREED:
        return
    if (
        theirs is not None
        and theirs.state in {ConnectionState.ENDED, ConnectionState.DECLINED}
        and signed_at <= theirs.at
    ):
        raise Problem("expired", N_("This code is no longer valid. Ask for a new one."))
    await _connect(tx, person, shower, own, given, WhereMet(actor.room.subject, HowMet.CODE))


def check_account(person: Person) -> None:
    """Raises Problem "forbidden" for guests: they have no address, and nobody could find them again."""
    if person.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))


async def check_reachable(tx: Transaction, lobby: Room, person: Person, other: str, *, hidden: bool = False) -> None:
    """Raises Problem "not_found" for people who take no part, who are hidden (unless `hidden` are allowed), or who have blocked this one: all the same."""
    if other == person.id:
        raise Problem("invalid", N_("That is you."), field="person")
    if await blocks.has_blocked(tx.connection, person.id, [other]):
        raise Problem("forbidden", BLOCKED, field="person")
    if await blocks.has_blocked(tx.connection, other, [person.id]):
        raise Problem("not_found", UNREACHABLE, field="person")
    if not await takes_part(tx.connection, lobby, other, tx.now):
        raise Problem("not_found", UNREACHABLE, field="person")
    if not hidden and (await cards.own_card(tx.connection, other)).audience is ProfileAudience.NOBODY:
        raise Problem("not_found", UNREACHABLE, field="person")


async def takes_part(connection: AsyncConnection, lobby: Room, person: str, now: Any) -> bool:
    """Whether a person with an account takes part in the conference of this lobby."""
    try:
        actor = await resolve(connection, person, lobby, now)
    except Problem:
        return False
    return (
        actor.person is not None and actor.person.kind == "registered" and actor.person.verified and bool(actor.roles)
    )


async def _check_requested(tx: Transaction, person: str, other: str) -> None:
    mine = await _row(tx.connection, person, other)
    if mine is None:
        raise Problem("not_found", N_("This person has not asked you."), field="person")
    if mine.state != ConnectionState.REQUESTED:
        raise Problem("stale", ANSWERED, field="person")


async def _giving(tx: Transaction, person: str, other: str) -> Any:
    mine = await _row(tx.connection, person, other)
    if mine is None or mine.state not in {ConnectionState.ASKED, ConnectionState.AGREED}:
        raise Problem("not_found", N_("You are not in contact with this person."), field="person")
    return mine


async def _connect(
    tx: Transaction, person: Person, other: str, own: Iterable[CardField], given: Iterable[str], met: WhereMet
) -> None:
    """Both agree: `own` is what the person gives to the other, `given` what the other gives. The other is notified."""
    for one in (person.id, other):
        count = sa.select(sa.func.count()).where(x.person == one, x.state == ConnectionState.AGREED.value)
        if (await tx.connection.execute(count)).scalar_one() >= MOST_CONTACTS:
            raise Problem("conflict", N_("One of you has %(most)s contacts already."), values={"most": MOST_CONTACTS})
    await _put(tx, person.id, other, ConnectionState.AGREED, own, met)
    await _put(tx, other, person.id, ConnectionState.AGREED, given, met)
    await notify(tx, other, "connect.agreed", {}, Target("contacts"), about=person.view)


async def _row(connection: AsyncConnection, person: str, other: str) -> Any:
    return (await connection.execute(sa.select(connections).where(x.person == person, x.other == other))).one_or_none()


async def _put(
    tx: Transaction,
    person: str,
    other: str,
    state: ConnectionState,
    fields: Iterable[str],
    met: WhereMet,
    text: str = "",
) -> None:
    names = [CardField(name).value for name in dict.fromkeys(fields)]
    values = {"state": state.value, "fields": names, "how": met.how.value, "text": text, "conference": met.conference}
    insert = insert_into(tx.connection, connections).values(person=person, other=other, **values, at=tx.now)
    both = [x.person, x.other]
    await tx.connection.execute(insert.on_conflict_do_update(index_elements=both, set_={**values, "at": tx.now}))


async def _change(tx: Transaction, person: str, other: str, **values: Any) -> None:
    await tx.connection.execute(connections.update().where(x.person == person, x.other == other).values(values))


async def _delete(connection: AsyncConnection, person: str, other: str) -> None:
    await connection.execute(connections.delete().where(x.person == person, x.other == other))

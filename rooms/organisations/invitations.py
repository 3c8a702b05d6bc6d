"""Invitations to an organisation by email address. The answer is always the same, so nobody learns who has an account here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.jobs import every
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.tables import persons
from rooms.core.text import N_
from rooms.core.waiting import Waiting, waits
from rooms.organisations import members, queries
from rooms.organisations.actions import LOBBY, check_owns, is_notified
from rooms.organisations.messages import AnswerInvitation, InviteMember, OrganisationRole, UninviteMember
from rooms.organisations.tables import organisation_invitations, organisation_members, organisations
from rooms.people import rules
from rooms.people.accounts import clean_email
from rooms.people.blocks import has_blocked
from rooms.people.candidates import check_eligible
from rooms.people.desk import desks_of, notify
from rooms.people.tables import blocks

KEPT = timedelta(days=30)
MOST_OPEN = 50
"""Open invitations of one organisation."""

i, m, o, p = organisation_invitations.c, organisation_members.c, organisations.c, persons.c


class OpenInvitation(NamedTuple):
    """An invitation as the owners see it: a refusal is not shown, and it ends like one without an answer."""

    email: str
    at: datetime


async def open_ones(connection: AsyncConnection, organisation: str) -> list[OpenInvitation]:
    select = sa.select(i.email, i.at).where(i.organisation == organisation).order_by(i.at, i.email)
    return [OpenInvitation(*row) for row in await connection.execute(select)]


async def invitation_to(connection: AsyncConnection, organisation: str, person: str | None) -> PersonView | None:
    """Who invites this person to the organisation; None if nobody does, they are a member, have refused, or have blocked the other."""
    row = (await connection.execute(_open_to(person).where(i.organisation == organisation))).one_or_none()
    return PersonView(row.by, row.by_name) if row else None


def _open_to(person: str | None) -> "sa.Select[*tuple[Any, ...]]":
    """The invitations that a person can answer, with the organisation and who invites."""
    invited, inviter = persons.alias("invited"), persons.alias("inviter")
    joined = organisation_invitations.join(organisations, o.id == i.organisation)
    joined = joined.join(invited, invited.c.email == i.email).join(inviter, inviter.c.id == i.by)
    select = sa.select(o.id, o.name, i.by, inviter.c.name.label("by_name")).select_from(joined)
    proven = sa.and_(invited.c.verified_at.is_not(None), invited.c.kind == "registered")
    belongs = sa.exists().where(m.organisation == i.organisation, m.person == invited.c.id)
    blocked = sa.exists().where(blocks.c.person == invited.c.id, blocks.c.blocked == i.by)
    return select.where(invited.c.id == person, proven, i.declined_at.is_(None), ~belongs, ~blocked)


async def _desk_of_invited(connection: AsyncConnection, room: str, command: InviteMember) -> Iterable[str]:
    return await desks_of(connection, (await connection.execute(_person_at(command.email))).scalars())


def _person_at(email: str) -> "sa.Select[str]":
    known = sa.and_(p.kind == "registered", p.verified_at.is_not(None), p.erased_at.is_(None))
    return sa.select(p.id).where(p.email == email.strip().lower(), known)


@command(InviteMember, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=_desk_of_invited, rate=Rate(20, 3600))
async def invite_member(tx: Transaction, actor: Actor, command: InviteMember) -> None:
    name, email = await check_owns(tx.connection, actor, command.organisation), clean_email(command.email)
    here = i.organisation == command.organisation
    count = sa.select(sa.func.count()).select_from(organisation_invitations).where(here)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_OPEN:
        message = N_("%(most)s of your invitations are open. Withdraw some first.")
        raise Problem("conflict", message, values={"most": MOST_OPEN})
    values = {"organisation": command.organisation, "email": email}
    insert = insert_into(tx.connection, organisation_invitations)
    insert = insert.values(**values, by=actor.known.id, at=tx.now).on_conflict_do_nothing()
    if not (await tx.connection.execute(insert)).rowcount:
        return  # a second invitation notifies nobody
    tx.audit(actor.room.subject, actor.known.id, "organisation.invite", command.organisation)
    person = (await tx.connection.execute(_person_at(email))).scalar_one_or_none()
    if person is None or not await _is_reachable(tx, actor, command.organisation, person):
        return
    target = Target("organisation", actor.room.subject, command.organisation)
    if await is_notified(tx, person, "organisation.invited", target):
        return  # withdrawing and inviting in turns notifies once a day
    await notify(tx, person, "organisation.invited", {"organisation": name}, target, about=actor.known.view)


async def _is_reachable(tx: Transaction, actor: Actor, organisation: str, person: str) -> bool:
    """Whether the person takes part, is no member yet, and has not blocked the inviter."""
    try:
        await check_eligible(tx, actor.room.subject, person)
    except Problem:
        return False
    if await members.role_in(tx.connection, organisation, person):
        return False
    known_desk = person in {room.subject for room in tx.rooms.values() if room.kind == "desk"}
    return known_desk and not await has_blocked(tx.connection, person, [actor.known.id])


@command(UninviteMember, kinds=LOBBY, allowed=rules.takes_part)
async def uninvite_member(tx: Transaction, actor: Actor, command: UninviteMember) -> None:
    await check_owns(tx.connection, actor, command.organisation)
    which = sa.and_(i.organisation == command.organisation, i.email == command.email.strip().lower())
    await tx.connection.execute(organisation_invitations.delete().where(which))


@command(AnswerInvitation, kinds=LOBBY, allowed=rules.takes_part)
async def answer_invitation(tx: Transaction, actor: Actor, command: AnswerInvitation) -> None:
    person = actor.known.id
    await queries.organisation_row(tx.connection, actor.room.subject, command.organisation)
    if await invitation_to(tx.connection, command.organisation, person) is None:
        raise Problem("not_found", N_("This invitation has ended or was withdrawn."), field="invitation")
    email = sa.select(p.email).where(p.id == person).scalar_subquery()
    which = sa.and_(i.organisation == command.organisation, i.email == email)
    if not command.accept:
        await tx.connection.execute(organisation_invitations.update().where(which).values(declined_at=tx.now))
        return
    await tx.connection.execute(organisation_invitations.delete().where(which))
    await members.add(tx.connection, command.organisation, person, OrganisationRole.MEMBER, tx.now)
    details = {"person": person, "role": OrganisationRole.MEMBER.value}
    tx.audit(actor.room.subject, person, "organisation.member", command.organisation, details)


@waits
async def waiting(connection: AsyncConnection, actor: Actor, now: datetime) -> Iterable[Waiting]:
    conference = actor.room.subject
    select = _open_to(actor.known.id).where(o.conference == conference).order_by(o.name, o.id)
    rows = await connection.execute(select)
    return [Waiting("organisation.invitation", 1, Target("organisation", conference, row.id), row.name) for row in rows]


@every(hours=1)
async def forget_old_invitations(engine: Engine) -> int:
    """Returns how many were deleted."""
    old = organisation_invitations.delete().where(i.at < engine.clock() - KEPT)
    async with engine.database.write(LONG) as connection:
        return (await connection.execute(old)).rowcount

"""Invitations: links that give a role in a conference or one of its sessions, or a duty at a booth.

An invitation that was sent by email also proves its address: the secret is nowhere but in that mailbox (`proven`).

The secret is shown once; only its digest is stored. An invitation is valid only while the person who made it may still invite. When they lose that
right (by a lost role, a ban or an erasure), their links stop working.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import resolve, resolve_many
from rooms.core.commands.people import BOOTH_ROLES, PersonView, Role
from rooms.core.commands.transaction import Transaction
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store import journal
from rooms.core.store.tables import conferences
from rooms.core.text import N_
from rooms.exhibition.booths import staff as staffing
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.record_tables import owner_invites
from rooms.people import accounts, registration, roles
from rooms.people.accounts import Account
from rooms.people.actions import SESSION_ROLES
from rooms.people.attempts import Browser
from rooms.people.desk import desk_of
from rooms.people.links import digest_of
from rooms.people.messages import RightsChanged, RoleGranted
from rooms.people.registration import NewSignin
from rooms.people.tables import invites

MOST_DAYS = 365
MOST_USES = 100_000
MOST_STAFF_USES = 50
"""How many people can join a booth's staff with one invitation."""
MOST_IN_FORCE = 200
"""Active invitations of a conference, or of a booth."""

OVER = N_("This invitation was used up or withdrawn, or it has expired. Ask the person who sent it for a new one.")


class Invite(NamedTuple):
    """`session` None: for the whole conference; with a role of booths it is the booth. `uses_left` None: any number.

    `email` is the address to which it was sent; None for a link that an organiser passes on.
    """

    id: str
    conference: str
    session: str | None
    role: Role
    uses_left: int | None
    expires_at: datetime
    created_by: str
    created_at: datetime
    email: str | None


async def make(
    tx: Transaction,
    *,
    conference: str,
    session: str | None,
    role: Role,
    uses: int | None,
    days: int,
    by: str,
    booth: str | None = None,
) -> str:
    """Stores an invitation and returns its secret. Raises Problem "invalid" or "conflict"."""
    if (role in BOOTH_ROLES) != (booth is not None):
        raise Problem("invalid", N_("Manage booth staff on the booth's page."), field="role")
    if session is not None and role not in SESSION_ROLES:
        raise Problem("invalid", N_("The roles of a session are speaker, moderator and interpreter."), field="role")
    if not 1 <= days <= MOST_DAYS:
        raise Problem(
            "invalid", N_("Enter a number of days from 1 to %(most)s."), field="days", values={"most": MOST_DAYS}
        )
    most = MOST_STAFF_USES if booth is not None else MOST_USES
    if (uses is None and booth is not None) or (uses is not None and not 1 <= uses <= most):
        raise Problem(
            "invalid", N_("Enter a number of people from 1 to %(most)s."), field="uses", values={"most": most}
        )
    to = _to_booth(booth) if booth is not None else invites.c.role.not_in(BOOTH_ROLES)
    count = sa.select(sa.func.count()).where(invites.c.conference == conference, to, *_usable(tx.now))
    if (await tx.connection.execute(count)).scalar_one() >= MOST_IN_FORCE:
        message = N_("There are %(most)s invitations in force. Withdraw those that are not needed.")
        raise Problem("conflict", message, values={"most": MOST_IN_FORCE})
    secret, invite = secrets.token_urlsafe(24), new_id()
    await tx.connection.execute(
        invites.insert().values(
            id=invite,
            digest=digest_of(secret),
            conference=conference,
            session=session or booth or roles.WHOLE_CONFERENCE,
            role=role.value,
            uses_left=uses,
            expires_at=tx.now + timedelta(days=days),
            created_by=by,
            created_at=tx.now,
        )
    )
    tx.audit(
        conference,
        by,
        "invite.make",
        invite,
        {"role": role.value, "session": session or booth, "uses": uses, "days": days},
    )
    return secret


async def revoke(tx: Transaction, *, conference: str, invite: str, by: str, booth: str | None = None) -> bool:
    """Returns False when there was no valid one. `booth`: only one to its staff."""
    update = invites.update().where(invites.c.id == invite, invites.c.conference == conference, *_usable(tx.now))
    if booth is not None:
        update = update.where(_to_booth(booth))
    if (await tx.connection.execute(update.values(revoked_at=tx.now))).rowcount == 0:
        return False
    tx.audit(conference, by, "invite.revoke", invite)
    return True


async def in_force(
    connection: AsyncConnection, conference: str, at: datetime, *, booth: str | None = None
) -> list[Invite]:
    """Those to the conference and its sessions, or to the staff of a booth. Newest first."""
    to = _to_booth(booth) if booth is not None else invites.c.role.not_in(BOOTH_ROLES)
    select = _SELECT.where(invites.c.conference == conference, to, *_usable(at))
    found = [_invite(row) for row in await connection.execute(select.order_by(invites.c.created_at.desc()))]
    entitled = await _entitled(connection, found, at)
    return [invite for invite in found if invite.id in entitled]


async def look(connection: AsyncConnection, secret: str, at: datetime) -> Invite:
    """What an invitation gives, without accepting it. Raises Problem "expired"."""
    select = _SELECT.where(invites.c.digest == digest_of(secret), *_usable(at))
    row = (await connection.execute(select)).one_or_none()
    invite = None if row is None else _invite(row)
    if invite is None or not await _entitled(connection, [invite], at):
        raise Problem("expired", OVER)
    return invite


async def _entitled(connection: AsyncConnection, found: Sequence[Invite], at: datetime) -> set[str]:
    """The ids of invitations whose makers may still invite: organisers, and owners for their booth."""
    wanted: list[tuple[str | None, journal.Room | None]] = []
    known: dict[tuple[str, str], journal.Room | None] = {}
    for invite in found:
        where = ("booth", invite.session or "") if invite.role in BOOTH_ROLES else ("lobby", invite.conference)
        if where not in known:
            known[where] = await journal.find_room(connection, await journal.room_of(connection, *where))
        wanted.append((invite.created_by, known[where]))
    actors = await resolve_many(connection, wanted, at)
    may = {Role.ORGANISER, Role.OWNER}  # an owner only has the role at their own booth
    return {
        invite.id
        for invite, actor in zip(found, actors, strict=True)
        if not isinstance(actor, Problem) and actor.roles & may
    }


async def accept(engine: Engine, secret: str, account: Account) -> Invite:
    """Gives a person the role. A person who already has it does not use up the invitation.

    A guest who accepts an emailed invitation gets its address. Raises Problem "expired", "unverified", "forbidden" or "conflict".
    """
    if not account.verified:
        raise Problem("unverified", N_("Confirm your email address first: open the link that we sent you."))
    async with engine.database.read() as connection:
        invite = await look(connection, secret, engine.clock())
        room, desk = await room_of(connection, invite), await desk_of(connection, account.id)
    async with engine.transaction([room, desk]) as tx:
        proven = invite.email is not None and account.kind == "guest"
        if invite.email is not None and proven:
            await accounts.give_address(tx.connection, account.id, invite.email, tx.now)
            account = await accounts.get(tx.connection, account.id)
        if await take_up(tx, secret, account, room, proven=proven):
            tx.record(RightsChanged(invite.conference), room=desk, person=account.id)
    return invite


async def accept_as_guest(engine: Engine, secret: str, browser: Browser, name: str, locale: str) -> NewSignin:
    """Creates a guest with the role and signs them in, in one transaction. Raises Problem, as `accept` and `registration.make_guest` do."""
    async with engine.database.read() as connection:
        invite = await look(connection, secret, engine.clock())
        room = await room_of(connection, invite)
    registration.take_guest(engine, browser, invitation=invite.id)
    async with engine.transaction([room]) as tx:
        entered = await registration.make_guest(engine, tx, browser, name, locale)
        await take_up(tx, secret, entered.account, room)
    return entered


async def room_of(connection: AsyncConnection, invite: Invite) -> str:
    """The room to which an invitation leads. It is locked during acceptance."""
    kind = "booth" if invite.role in BOOTH_ROLES else "session" if invite.session else "lobby"
    return await journal.room_of(connection, kind, invite.session or invite.conference)


async def take_up(tx: Transaction, secret: str, account: Account, room: str, *, proven: bool = False) -> bool:
    """Gives the role; returns False for a person who already has it. `proven`: the link has proven an address, so it is used up in any case."""
    invite = await look(tx.connection, secret, tx.now)
    await _check(tx, invite, account, tx.rooms[room])
    person = PersonView(account.id, account.name)
    if invite.role in BOOTH_ROLES:
        granted = await staffing.take_up(tx, invite.session or "", room, person, Duty(invite.role.value))
    else:
        granted = await roles.grant(
            tx.connection,
            person=account.id,
            conference=invite.conference,
            session=invite.session,
            role=invite.role,
            by=invite.created_by,
            at=tx.now,
        )
        if granted:
            tx.record(RoleGranted(person, invite.role), room=room, person=account.id)
    if granted or proven:
        await _take(tx, invite)
    if granted:
        details: dict[str, object] = {"role": invite.role.value, "session": invite.session}
        if invite.email not in {None, account.email}:
            details["other_address"] = True
        tx.audit(invite.conference, account.id, "invite.accept", invite.id, details)
    return granted


async def _check(tx: Transaction, invite: Invite, account: Account, room: journal.Room) -> None:
    try:
        await resolve(tx.connection, account.id, room, tx.now)
    except Problem as problem:
        if problem.code != "not_found":  # the person was banned; a closed conference is what the invitation opens
            raise
    if account.kind == "guest":
        open_to_guests = sa.select(conferences.c.guests).where(conferences.c.id == invite.conference)
        if (
            invite.role in {Role.ORGANISER, *BOOTH_ROLES}
            or not (await tx.connection.execute(open_to_guests)).scalar_one()
        ):
            raise Problem("forbidden", N_("You need an account for this. Add your email address first."))


async def _take(tx: Transaction, invite: Invite) -> None:
    """Uses the invitation once. The last use can be taken only once, even by concurrent requests."""
    left = sa.case((invites.c.uses_left.is_(None), sa.null()), else_=invites.c.uses_left - 1)
    update = invites.update().where(invites.c.id == invite.id, *_usable(tx.now)).values(uses_left=left)
    if (await tx.connection.execute(update)).rowcount == 0:
        raise Problem("expired", OVER)


_SELECT = sa.select(
    invites.c.id,
    invites.c.conference,
    invites.c.session,
    invites.c.role,
    invites.c.uses_left,
    invites.c.expires_at,
    invites.c.created_by,
    invites.c.created_at,
    owner_invites.c.email,
).outerjoin_from(invites, owner_invites, owner_invites.c.digest == invites.c.digest)


def _usable(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    unused = sa.or_(invites.c.uses_left.is_(None), invites.c.uses_left > 0)
    return invites.c.revoked_at.is_(None), invites.c.expires_at > at, unused


def _invite(row: Sequence[Any]) -> Invite:
    invite = Invite(*row)
    return invite._replace(session=invite.session or None, role=Role(invite.role))


def _to_booth(booth: str) -> "sa.ColumnElement[bool]":
    return sa.and_(invites.c.session == booth, invites.c.role.in_(BOOTH_ROLES))

"""Invites: links that carry a role in a conference, in one session of it, or a duty at one booth. The secret is shown once; here stands its digest."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import resolve
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
from rooms.people import roles
from rooms.people.accounts import Account
from rooms.people.actions import SESSION_ROLES
from rooms.people.desk import desk_of
from rooms.people.links import digest_of
from rooms.people.messages import RightsChanged, RoleGranted
from rooms.people.tables import invites

MOST_DAYS = 365
MOST_USES = 100_000

OVER = N_("This invitation has been used up, was withdrawn, or its time is over. Ask whoever sent it for a new one.")


class Invite(NamedTuple):
    """`session` None: for the whole conference; with a role of booths it is the booth. `uses_left` None: any number."""

    id: str
    conference: str
    session: str | None
    role: Role
    uses_left: int | None
    expires_at: datetime
    created_by: str
    created_at: datetime


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
    """Keeps an invite and returns its secret. Raises Problem "invalid"."""
    if (role in BOOTH_ROLES) != (booth is not None):
        raise Problem("invalid", N_("Who is of a booth's staff is said at that booth."), field="role")
    if session is not None and role not in SESSION_ROLES:
        raise Problem("invalid", N_("In a session one can be a speaker, a moderator or an interpreter."), field="role")
    if not 1 <= days <= MOST_DAYS:
        raise Problem(
            "invalid", N_("Give a number of days from 1 to %(most)s."), field="days", values={"most": MOST_DAYS}
        )
    if uses is not None and not 1 <= uses <= MOST_USES:
        raise Problem(
            "invalid", N_("Give a number of people from 1 to %(most)s."), field="uses", values={"most": MOST_USES}
        )
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
    """False when there was none in force. `booth`: only one to its staff."""
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
    select = sa.select(*_INVITE).where(invites.c.conference == conference, to, *_usable(at))
    return [_invite(row) for row in await connection.execute(select.order_by(invites.c.created_at.desc()))]


async def look(connection: AsyncConnection, secret: str, at: datetime) -> Invite:
    """What an invite grants, without accepting it. Raises Problem "expired"."""
    select = sa.select(*_INVITE).where(invites.c.digest == digest_of(secret), *_usable(at))
    row = (await connection.execute(select)).one_or_none()
    if row is None:
        raise Problem("expired", OVER)
    return _invite(row)


async def accept(engine: Engine, secret: str, account: Account) -> Invite:
    """Gives a person the role. Who has it already uses nothing up. Raises Problem "expired", "unverified", "forbidden"."""
    if not account.verified:
        raise Problem("unverified", N_("Confirm your e-mail address first: open the link that we have sent you."))
    async with engine.database.read() as connection:
        invite = await look(connection, secret, engine.clock())
        kind = "booth" if invite.role in BOOTH_ROLES else "session" if invite.session else "lobby"
        subject = invite.session or invite.conference
        room, desk = await journal.room_of(connection, kind, subject), await desk_of(connection, account.id)
    async with engine.transaction([room, desk]) as tx:
        await _check(tx, invite, account, tx.rooms[room])
        person = PersonView(account.id, account.name)
        if kind == "booth":
            granted = await staffing.take_up(tx, invite.conference, subject, room, person, Duty(invite.role.value))
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
        if granted:
            await _take(tx, invite)
            tx.record(RightsChanged(invite.conference), room=desk, person=account.id)
            details = {"role": invite.role.value, "session": invite.session}
            tx.audit(invite.conference, account.id, "invite.accept", invite.id, details)
    return invite


async def _check(tx: Transaction, invite: Invite, account: Account, room: journal.Room) -> None:
    try:
        await resolve(tx.connection, account.id, room, tx.now)
    except Problem as problem:
        if problem.code != "not_found":  # one who was banned; a closed conference is what the invite opens
            raise
    if account.kind == "guest":
        open_to_guests = sa.select(conferences.c.guests).where(conferences.c.id == invite.conference)
        if (
            invite.role in {Role.ORGANISER, *BOOTH_ROLES}
            or not (await tx.connection.execute(open_to_guests)).scalar_one()
        ):
            raise Problem("forbidden", N_("For this you need an account: add your e-mail address first."))


async def _take(tx: Transaction, invite: Invite) -> None:
    """Uses the invite once; of two who want its last use, one gets it."""
    left = sa.case((invites.c.uses_left.is_(None), sa.null()), else_=invites.c.uses_left - 1)
    update = invites.update().where(invites.c.id == invite.id, *_usable(tx.now)).values(uses_left=left)
    if (await tx.connection.execute(update)).rowcount == 0:
        raise Problem("expired", OVER)


_INVITE = (
    invites.c.id,
    invites.c.conference,
    invites.c.session,
    invites.c.role,
    invites.c.uses_left,
    invites.c.expires_at,
    invites.c.created_by,
    invites.c.created_at,
)


def _usable(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    unused = sa.or_(invites.c.uses_left.is_(None), invites.c.uses_left > 0)
    return invites.c.revoked_at.is_(None), invites.c.expires_at > at, unused


def _invite(row: Sequence[Any]) -> Invite:
    invite = Invite(*row)
    return invite._replace(session=invite.session or None, role=Role(invite.role))


def _to_booth(booth: str) -> "sa.ColumnElement[bool]":
    return sa.and_(invites.c.session == booth, invites.c.role.in_(BOOTH_ROLES))

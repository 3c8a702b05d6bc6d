"""With whom candidates share their profile and CV. A withdrawal takes effect at once: every page, file and export asks for an active share."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.organisations import members
from rooms.organisations.queries import organisation_row
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import rules
from rooms.people.blocks import blocking
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed
from rooms.recruitment.applications.steps import OPEN, withdraw_applications
from rooms.recruitment.candidates import queries
from rooms.recruitment.candidates.messages import ShareProfile, UnshareProfile
from rooms.recruitment.jobs.editing import LOBBY
from rooms.recruitment.rules import has_account
from rooms.recruitment.tables import candidate_notes, candidates, job_applications, jobs, profile_shares

s, m, a, j, c = profile_shares.c, organisation_members.c, job_applications.c, jobs.c, candidates.c


async def with_organisation(
    connection: AsyncConnection, room: str, command: ShareProfile | UnshareProfile
) -> Iterable[str]:
    """The desks of the members of an organisation."""
    select = sa.select(m.person).where(m.organisation == command.organisation)
    return await desks_of(connection, (await connection.execute(select)).scalars())


@command(ShareProfile, kinds=LOBBY, allowed=rules.speaks_up, extra_rooms=with_organisation, rate=Rate(20, 3600))
async def share_profile(tx: Transaction, actor: Actor, command: ShareProfile) -> None:
    has_account(actor)
    conference, person = actor.room.subject, actor.known.id
    employer = await employer_row(tx.connection, conference, command.organisation)
    mine = sa.select(c.id).where(c.conference == conference, c.person == person)
    if (await tx.connection.execute(mine)).first() is None:
        raise Problem("conflict", N_("Write your profile first."))
    if await members.role_in(tx.connection, employer.id, person):
        raise Problem("forbidden", N_("This is your own organisation."))
    held = await queries.share_with(tx.connection, employer.id, person)
    if held is not None and held.explicit and held.withdrawn_at is None:
        return
    share = await begin_share(tx, employer.id, person, explicit=True)
    target = Target("candidate", conference, share)
    await tell_employer(tx, actor, employer.id, "candidate.shared", {"organisation": employer.name}, target)


@command(UnshareProfile, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_organisation)
async def unshare_profile(tx: Transaction, actor: Actor, command: UnshareProfile) -> None:
    await organisation_row(tx.connection, actor.room.subject, command.organisation)
    held = await queries.share_with(tx.connection, command.organisation, actor.known.id)
    if held is not None and held.withdrawn_at is None:
        await end_share(tx, held.id)
        target = Target("recruiting", actor.room.subject)
        await tell_employer(tx, actor, command.organisation, "candidate.withdrawn", {}, target, named=False)


async def employer_row(connection: AsyncConnection, conference: str, organisation: str) -> Any:
    """An organisation that has published a job. Raises Problem "not_found", or "conflict" without one."""
    row = await organisation_row(connection, conference, organisation)
    employs = sa.exists().where(j.organisation == row.id, j.state != "draft")
    if not (await connection.execute(sa.select(employs))).scalar_one():
        raise Problem("conflict", N_("This organisation has no jobs here."), field="organisation")
    return row


async def begin_share(tx: Transaction, organisation: str, person: str, *, explicit: bool) -> str:
    """Shows the profile of a person to an organisation; returns the id of the share."""
    held = await queries.share_with(tx.connection, organisation, person)
    if held is None:
        id = new_id()
        values = {"id": id, "organisation": organisation, "person": person, "explicit": explicit, "at": tx.now}
        await tx.connection.execute(profile_shares.insert().values(values))
        return id
    ended = held.withdrawn_at is not None
    changed: dict[str, Any] = {"explicit": explicit or (held.explicit and not ended), "withdrawn_at": None}
    if ended:
        changed["at"] = tx.now
    await tx.connection.execute(profile_shares.update().where(s.id == held.id).values(changed))
    return held.id


async def end_share(tx: Transaction, share: str) -> None:
    """Hides the profile and the CV from the employer, deletes its notes, and withdraws the open applications there."""
    ended = profile_shares.update().where(s.id == share).values(withdrawn_at=tx.now, explicit=False)
    await tx.connection.execute(ended)
    await tx.connection.execute(candidate_notes.delete().where(candidate_notes.c.share == share))
    await withdraw_applications(tx, a.share == share)


async def end_share_without_application(tx: Transaction, share: str) -> None:
    """Ends a share that no open application and no explicit act of the candidate needs any more."""
    needed = sa.exists().where(a.share == share, a.state.in_(OPEN))
    select = sa.select(s.id).where(s.id == share, ~s.explicit, ~needed)
    if (await tx.connection.execute(select)).first() is not None:
        await end_share(tx, share)


async def end_all_shares(tx: Transaction, actor: Actor) -> None:
    """Ends all shares of the actor in this conference."""
    here = sa.select(organisations.c.id).where(organisations.c.conference == actor.room.subject)
    select = sa.select(s.id).where(s.person == actor.known.id, queries.ACTIVE, s.organisation.in_(here))
    for share in (await tx.connection.execute(select)).scalars().all():
        await end_share(tx, share)


async def tell_employer(
    tx: Transaction,
    actor: Actor,
    organisation: str,
    kind: str,
    values: dict[str, str],
    target: Target,
    *,
    named: bool = True,
) -> None:
    """Notifies the members whose desks are locked, but none who has blocked the candidate. `named`: with the candidate's name."""
    reachable = sa.and_(m.organisation == organisation, not_removed(m.person, actor.room.subject, tx.now))
    here = list((await tx.connection.execute(sa.select(m.person).where(reachable))).scalars())
    people = set(here) - await blocking(tx.connection, actor.known.id, here)
    await notify_all(tx, sorted(people), kind, values, target, about=actor.known.view if named else None)

"""Commands on organisations, given in the lobby: the profile, the members, and merging duplicates."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.links import Target, path_to
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.organisations import members, merging, profile, queries
from rooms.organisations.messages import (
    CreateOrganisation,
    EditOrganisation,
    LeaveOrganisation,
    MergeOrganisations,
    OrganisationCreated,
    OrganisationRole,
    SetMember,
)
from rooms.organisations.tables import organisation_members, organisations
from rooms.people import rules
from rooms.people.blocks import has_blocked
from rooms.people.candidates import NOT_HERE, check_eligible
from rooms.people.desk import desk_of, notify, with_desk
from rooms.people.tables import notices

LOBBY = {"lobby"}
DAY = timedelta(days=1)
MOST_OWNED = 5
"""Organisations of one owner in a conference, unless organisers make them an owner of more."""

o, m = organisations.c, organisation_members.c


@command(CreateOrganisation, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(10, 600))
async def create_organisation(tx: Transaction, actor: Actor, command: CreateOrganisation) -> OrganisationCreated:
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    conference, person = actor.room.subject, actor.known.id
    if await _owned(tx.connection, conference, person) >= MOST_OWNED:
        message = N_("You already own %(most)s organisations here. Ask the organisers if you need more.")
        raise Problem("conflict", message, values={"most": MOST_OWNED})
    organisation = await profile.create(tx.connection, conference, profile.cleaned(command))
    await members.add(tx.connection, organisation, person, OrganisationRole.OWNER, tx.now)
    tx.audit(conference, person, "organisation.create", organisation)
    return OrganisationCreated(organisation)


async def _owned(connection: AsyncConnection, conference: str, person: str) -> int:
    """How many organisations a person owns in a conference."""
    joined = organisations.join(organisation_members, m.organisation == o.id)
    select = sa.select(sa.func.count()).select_from(joined)
    select = select.where(o.conference == conference, m.person == person, m.role == OrganisationRole.OWNER.value)
    return (await connection.execute(select)).scalar_one()


@command(EditOrganisation, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(30, 600))
async def edit_organisation(tx: Transaction, actor: Actor, command: EditOrganisation) -> None:
    await check_owns(tx.connection, actor, command.organisation)
    await profile.change(tx.connection, command.organisation, profile.cleaned(command))
    tx.audit(actor.room.subject, actor.known.id, "organisation.edit", command.organisation)


@command(SetMember, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_desk(), rate=Rate(60, 600))
async def set_member(tx: Transaction, actor: Actor, command: SetMember) -> None:
    conference, organisation = actor.room.subject, command.organisation
    name = await check_owns(tx.connection, actor, organisation)
    held = await members.role_in(tx.connection, organisation, command.person)
    if held is command.role:
        return
    if command.role is None:
        await members.remove(tx.connection, organisation, command.person)
    else:
        if held is None:
            await check_eligible(tx, conference, command.person)
            if await has_blocked(tx.connection, command.person, [actor.known.id]):
                raise Problem("invalid", NOT_HERE, field="person")  # those who are blocked are not informed
        elif await members.owners_of(tx.connection, organisation) == [command.person]:
            message = N_("An organisation needs an owner. Make someone else an owner first.")
            raise Problem("conflict", message, field="person")
        limited = command.role is OrganisationRole.OWNER and Role.ORGANISER not in actor.roles
        if limited and await _owned(tx.connection, conference, command.person) >= MOST_OWNED:
            message = N_("This person already owns %(most)s organisations here.")
            raise Problem("conflict", message, field="person", values={"most": MOST_OWNED})
        await members.add(tx.connection, organisation, command.person, command.role, tx.now, demote=True)
    details = {"person": command.person, "role": command.role.value if command.role else ""}
    tx.audit(conference, actor.known.id, "organisation.member", organisation, details)
    added = held is None and command.person != actor.known.id
    target = Target("organisation", conference, organisation)
    reachable = added and await desk_of(tx.connection, command.person) in tx.rooms
    if reachable and not await is_notified(tx, command.person, "organisation.member", target):
        await notify(tx, command.person, "organisation.member", {"organisation": name}, target)


async def is_notified(tx: Transaction, person: str, kind: str, target: Target) -> bool:
    """Whether a person has been notified of the same within a day, as when somebody removes and adds them in turns."""
    n = notices.c
    href = await path_to(tx.connection, target)
    recent = sa.and_(n.person == person, n.kind == kind, n.href == href, n.at > tx.now - DAY)
    return (await tx.connection.execute(sa.select(sa.exists().where(recent)))).scalar_one()


@command(LeaveOrganisation, kinds=LOBBY, allowed=rules.takes_part)
async def leave_organisation(tx: Transaction, actor: Actor, command: LeaveOrganisation) -> None:
    await queries.organisation_row(tx.connection, actor.room.subject, command.organisation)
    if await members.role_in(tx.connection, command.organisation, actor.known.id) is None:
        return
    await members.remove(tx.connection, command.organisation, actor.known.id)
    tx.audit(actor.room.subject, actor.known.id, "organisation.leave", command.organisation)


@command(MergeOrganisations, kinds=LOBBY, allowed=rules.organises)
async def merge_organisations(tx: Transaction, actor: Actor, command: MergeOrganisations) -> None:
    conference = actor.room.subject
    if command.organisation == command.into:
        raise Problem("invalid", N_("Choose another organisation."), field="into")
    for each in (command.organisation, command.into):
        await queries.organisation_row(tx.connection, conference, each)
    await merging.merge(tx.connection, command.organisation, command.into)
    tx.audit(conference, actor.known.id, "organisation.merge", command.organisation, {"into": command.into})


async def check_owns(connection: AsyncConnection, actor: Actor, organisation: str) -> str:
    """Returns the organisation's name. Raises Problem "not_found" or "forbidden"."""
    row = await queries.organisation_row(connection, actor.room.subject, organisation)
    if Role.ORGANISER not in actor.roles:
        role = await members.role_in(connection, organisation, actor.known.id)
        if role is not OrganisationRole.OWNER:
            raise Problem("forbidden", N_("Only the owners of this organisation and organisers can do this."))
    return row.name

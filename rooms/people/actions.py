"""What moderators and organisers do with people in a room. In a session it holds for the session, in the lobby for the conference."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Visit
from rooms.core.commands.messages import Event
from rooms.core.commands.people import BOOTH_ROLES, PersonView, Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.core.text import N_, clean_line
from rooms.people import restraints, roles, rules
from rooms.people.desk import desk_of, desks_of, notify
from rooms.people.messages import (
    REASON_LENGTH,
    GrantRole,
    ListMe,
    PersonRestrained,
    ReadmitPerson,
    RemovePerson,
    RestraintLifted,
    RestraintView,
    RevokeRole,
    RightsChanged,
    RoleGranted,
    RoleRevoked,
    SilencePerson,
    UnsilencePerson,
)

PEOPLED = {"session", "lobby"}
SESSION_ROLES = {Role.SPEAKER, Role.MODERATOR, Role.INTERPRETER}

PersonCommand = GrantRole | RevokeRole | SilencePerson | UnsilencePerson | RemovePerson | ReadmitPerson


async def with_desk(connection: AsyncConnection, room: str, given: PersonCommand) -> Iterable[str]:
    return await desks_of(connection, [given.person])


@command(GrantRole, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def grant_role(tx: Transaction, visit: Visit, given: GrantRole) -> None:
    person = await _person(tx, given.person)
    _check_role(visit, given.role)
    conference, session = _scope(visit)
    by = visit.known.id
    if not await roles.grant(
        tx.connection, person=person.id, conference=conference, session=session, role=given.role, by=by, at=tx.now
    ):
        return
    await _tell(tx, visit, person, RoleGranted(person, given.role))
    tx.audit(conference, by, "role.grant", person.id, {"role": given.role.value, "session": session})
    await notify(tx, person.id, "role", {"role": given.role.value, "room": visit.room.id}, "")


@command(RevokeRole, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def revoke_role(tx: Transaction, visit: Visit, given: RevokeRole) -> None:
    person = await _person(tx, given.person)
    _check_role(visit, given.role)
    conference, session = _scope(visit)
    if given.role is Role.ORGANISER and person.id == visit.known.id:
        raise Problem(
            "conflict", N_("You cannot take the organiser's role from yourself; ask another organiser."), field="person"
        )
    if not await roles.revoke(tx.connection, person=person.id, conference=conference, session=session, role=given.role):
        return
    await _tell(tx, visit, person, RoleRevoked(person, given.role))
    tx.audit(conference, visit.known.id, "role.revoke", person.id, {"role": given.role.value, "session": session})


@command(SilencePerson, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def silence_person(tx: Transaction, visit: Visit, given: SilencePerson) -> None:
    until = tx.now + timedelta(minutes=given.minutes) if given.minutes is not None else None
    await _restrain(tx, visit, given.person, "silence", until, given.reason)


@command(UnsilencePerson, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def unsilence_person(tx: Transaction, visit: Visit, given: UnsilencePerson) -> None:
    await _lift(tx, visit, given.person, "silence")


@command(RemovePerson, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def remove_person(tx: Transaction, visit: Visit, given: RemovePerson) -> None:
    await _restrain(tx, visit, given.person, "ban", None, given.reason)


@command(ReadmitPerson, kinds=PEOPLED, allowed=rules.moderates, also=with_desk)
async def readmit_person(tx: Transaction, visit: Visit, given: ReadmitPerson) -> None:
    await _lift(tx, visit, given.person, "ban")


async def _restrain(
    tx: Transaction, visit: Visit, id: str, kind: restraints.Kind, until: datetime | None, reason: str
) -> None:
    person = await _person(tx, id)
    conference, session = _scope(visit)
    held = await roles.roles_in(tx.connection, person.id, conference, session or None)
    if person.id == visit.known.id or Role.ORGANISER in held or await _is_admin(tx, person.id):
        raise Problem("conflict", N_("Organisers, and you yourself, cannot be silenced or removed."), field="person")
    if Role.MODERATOR in held and Role.ORGANISER not in visit.roles:
        raise Problem("forbidden", N_("Only an organiser can silence or remove a moderator."), field="person")
    by = visit.known.id
    reason = clean_line(reason, REASON_LENGTH, "reason") if reason.strip() else ""
    await restraints.impose(
        tx.connection,
        person=id,
        conference=conference,
        session=session,
        kind=kind,
        until=until,
        reason=reason,
        by=by,
        at=tx.now,
    )
    await _tell(tx, visit, person, PersonRestrained(RestraintView(person, kind, until, reason)))
    tx.audit(
        conference,
        by,
        f"person.{kind}",
        id,
        {"session": session, "until": until.isoformat() if until else None, "reason": reason},
    )


async def _lift(tx: Transaction, visit: Visit, id: str, kind: restraints.Kind) -> None:
    person = await _person(tx, id)
    conference, session = _scope(visit)
    if not await restraints.lift(tx.connection, person=id, conference=conference, session=session, kind=kind):
        return
    await _tell(tx, visit, person, RestraintLifted(person, kind))
    tx.audit(conference, visit.known.id, f"person.un{kind}", id, {"session": session})


async def _tell(tx: Transaction, visit: Visit, person: PersonView, event: Event) -> None:
    """Tells the moderators, and has the person's rights looked at afresh: here by the event, and in other rooms of the conference by his desk."""
    tx.record(event, person=person.id)
    if visit.room.kind == "lobby":
        tx.record(RightsChanged(visit.room.conference), room=await desk_of(tx.connection, person.id), person=person.id)


@command(ListMe, kinds={"desk"}, allowed=rules.owns_desk)
async def list_me(tx: Transaction, visit: Visit, given: ListMe) -> None:
    await tx.connection.execute(persons.update().where(persons.c.id == visit.known.id).values(listed=given.listed))
    tx.record(RightsChanged(None), person=visit.known.id)


async def _person(tx: Transaction, id: str) -> PersonView:
    select = sa.select(persons.c.name).where(persons.c.id == id, persons.c.erased_at.is_(None))
    name = (await tx.connection.execute(select)).scalar_one_or_none()
    if name is None:
        raise Problem("not_found", N_("This person does not exist here."), field="person")
    return PersonView(id, name)


async def _is_admin(tx: Transaction, person: str) -> bool:
    return bool((await tx.connection.execute(sa.select(persons.c.admin).where(persons.c.id == person))).scalar_one())


def _scope(visit: Visit) -> tuple[str, str]:
    """The conference, and the session ("" in the lobby), for which an act in this room holds."""
    assert visit.room.conference is not None
    return visit.room.conference, visit.room.subject if visit.room.kind == "session" else ""


def _check_role(visit: Visit, role: Role) -> None:
    if visit.room.kind == "session" and role not in SESSION_ROLES:
        raise Problem("invalid", N_("In a session one can be a speaker, a moderator or an interpreter."), field="role")
    if visit.room.kind == "lobby":
        rules.organises(visit)
        if role in BOOTH_ROLES:
            raise Problem("invalid", N_("Who is of a booth's staff is said at that booth."), field="role")

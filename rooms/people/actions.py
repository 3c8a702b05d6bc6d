"""Commands by which moderators and organisers manage people: in a session for that session, in the lobby for the whole conference."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Event
from rooms.core.commands.people import BOOTH_ROLES, PersonView, Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.store.tables import conferences, persons
from rooms.core.store.tables import roles as table
from rooms.core.text import N_, optional_line
from rooms.people import restraints, roles, rules
from rooms.people.accounts import person_named
from rooms.people.desk import desk_of, notify, with_desk
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


@command(GrantRole, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def grant_role(tx: Transaction, actor: Actor, command: GrantRole) -> None:
    person = await person_named(tx.connection, command.person)
    _check_role(actor, command.role)
    conference, session = _scope(actor)
    if Role.ORGANISER not in actor.roles:
        await _check_inside(tx, conference, person.id)
    by = actor.known.id
    if not await roles.grant(
        tx.connection, person=person.id, conference=conference, session=session, role=command.role, by=by, at=tx.now
    ):
        return
    await _tell(tx, actor, person, RoleGranted(person, command.role))
    tx.audit(conference, by, "role.grant", person.id, {"role": command.role.value, "session": session})
    await notify(tx, person.id, "role", {"role": command.role.value, "room": actor.room.id}, None)


@command(RevokeRole, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def revoke_role(tx: Transaction, actor: Actor, command: RevokeRole) -> None:
    person = await person_named(tx.connection, command.person)
    _check_role(actor, command.role)
    conference, session = _scope(actor)
    if command.role is Role.ORGANISER and person.id == actor.known.id:
        raise Problem(
            "conflict", N_("You cannot take the organiser's role from yourself; ask another organiser."), field="person"
        )
    if command.role is Role.MODERATOR and Role.ORGANISER not in actor.roles and person.id != actor.known.id:
        # Otherwise a moderator could take the role first, and then remove the person.
        raise Problem("forbidden", N_("Only an organiser can take a moderator's role."), field="person")
    if not await roles.revoke(
        tx.connection, person=person.id, conference=conference, session=session, role=command.role
    ):
        return
    await _tell(tx, actor, person, RoleRevoked(person, command.role))
    tx.audit(conference, actor.known.id, "role.revoke", person.id, {"role": command.role.value, "session": session})


@command(SilencePerson, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def silence_person(tx: Transaction, actor: Actor, command: SilencePerson) -> None:
    until = tx.now + timedelta(minutes=command.minutes) if command.minutes is not None else None
    await _restrain(tx, actor, command.person, "silence", until, command.reason)


@command(UnsilencePerson, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def unsilence_person(tx: Transaction, actor: Actor, command: UnsilencePerson) -> None:
    await _lift(tx, actor, command.person, "silence")


@command(RemovePerson, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def remove_person(tx: Transaction, actor: Actor, command: RemovePerson) -> None:
    await _restrain(tx, actor, command.person, "ban", None, command.reason)


@command(ReadmitPerson, kinds=PEOPLED, allowed=rules.moderates, extra_rooms=with_desk())
async def readmit_person(tx: Transaction, actor: Actor, command: ReadmitPerson) -> None:
    await _lift(tx, actor, command.person, "ban")


async def _restrain(
    tx: Transaction, actor: Actor, id: str, kind: restraints.Kind, until: datetime | None, reason: str
) -> None:
    person = await person_named(tx.connection, id)
    conference, session = _scope(actor)
    held = await roles.roles_in(tx.connection, person.id, conference, session or None)
    if person.id == actor.known.id or Role.ORGANISER in held or await _is_admin(tx, person.id):
        raise Problem("conflict", N_("Organisers, and you yourself, cannot be silenced or removed."), field="person")
    if Role.MODERATOR in held and Role.ORGANISER not in actor.roles:
        raise Problem("forbidden", N_("Only an organiser can silence or remove a moderator."), field="person")
    by = actor.known.id
    reason = optional_line(reason, REASON_LENGTH, "reason")
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
    await _tell(tx, actor, person, PersonRestrained(RestraintView(person, kind, until, reason)))
    tx.audit(
        conference,
        by,
        f"person.{kind}",
        id,
        {"session": session, "until": until.isoformat() if until else None},
    )


async def _lift(tx: Transaction, actor: Actor, id: str, kind: restraints.Kind) -> None:
    person = await person_named(tx.connection, id)
    conference, session = _scope(actor)
    if not await restraints.lift(tx.connection, person=id, conference=conference, session=session, kind=kind):
        return
    await _tell(tx, actor, person, RestraintLifted(person, kind))
    tx.audit(conference, actor.known.id, f"person.un{kind}", id, {"session": session})


async def _tell(tx: Transaction, actor: Actor, person: PersonView, event: Event) -> None:
    """Informs the moderators and reloads the person's rights: here through the event, in other rooms of the conference through their desk."""
    tx.record(event, person=person.id)
    if actor.room.kind == "lobby":
        tx.record(RightsChanged(actor.room.conference), room=await desk_of(tx.connection, person.id), person=person.id)


@command(ListMe, kinds={"desk"}, allowed=rules.owns_desk)
async def list_me(tx: Transaction, actor: Actor, command: ListMe) -> None:
    await tx.connection.execute(persons.update().where(persons.c.id == actor.known.id).values(listed=command.listed))
    tx.record(RightsChanged(None), person=actor.known.id)


async def _is_admin(tx: Transaction, person: str) -> bool:
    return bool((await tx.connection.execute(sa.select(persons.c.admin).where(persons.c.id == person))).scalar_one())


async def _check_inside(tx: Transaction, conference: str, person: str) -> None:
    """A session's moderator cannot let people into a closed conference: only its organisers admit someone without a role there."""
    access = sa.select(conferences.c.access).where(conferences.c.id == conference)
    held = sa.select(sa.func.count()).where(table.c.person == person, table.c.conference == conference)
    if (await tx.connection.execute(access)).scalar_one() == "public" or (
        await tx.connection.execute(held)
    ).scalar_one():
        return
    raise Problem("forbidden", N_("Only an organiser can admit somebody new to this conference."), field="person")


def _scope(actor: Actor) -> tuple[str, str]:
    """The conference, and the session ("" in the lobby), to which a command in this room applies."""
    assert actor.room.conference is not None
    return actor.room.conference, actor.room.subject if actor.room.kind == "session" else ""


def _check_role(actor: Actor, role: Role) -> None:
    if actor.room.kind == "session" and role not in SESSION_ROLES:
        raise Problem("invalid", N_("The roles of a session are speaker, moderator and interpreter."), field="role")
    if actor.room.kind == "lobby":
        rules.organises(actor)
        if role in BOOTH_ROLES:
            raise Problem("invalid", N_("Manage booth staff on the booth's page."), field="role")

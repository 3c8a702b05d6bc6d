"""Personal data in the tables of the core and of this slice."""

import sqlalchemy as sa

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import as_json, mentions, rooms
from rooms.core.store.tables import audit, outcomes, persons, restraints, roles
from rooms.people.tables import api_tokens, blocks, guest_marks, links, notices, signins


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    """The person's desk, the desks whose notifications name them, and the rooms that list their roles and restraints."""
    at = sa.union(
        sa.select(sa.literal(subject.id)),
        sa.select(notices.c.person).where(_names(subject)),
        sa.select(roles.c.session).where(roles.c.person == subject.id),
        *(
            sa.select(place).where(sa.or_(restraints.c.person == subject.id, restraints.c.by == subject.id))
            for place in (restraints.c.conference, restraints.c.session)
        ),
    )
    return [sa.select(rooms.c.id).where(rooms.c.subject.in_(at))]


def _names(subject: DataSubject) -> "sa.ColumnElement[bool]":
    """Other people's notifications that name the person. Older ones do not store whom they name, so they are found by the name."""
    name = notices.c["values"]["name"].as_string()
    return sa.or_(notices.c.about == subject.id, sa.and_(notices.c.about.is_(None), name == subject.name))


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    select = sa.select(notices.c.id, notices.c["values"]).where(_names(subject))
    for id, values in (await tx.connection.execute(select)).all():
        unnamed = notices.update().where(notices.c.id == id)
        await tx.connection.execute(unnamed.values({"values": {**values, "name": NOBODY}}))
    # Stored replies to other people's commands may name the person. Repeating such a command within two days returns no reply.
    naming = mentions(tx.connection, outcomes.c.reply, subject.id, as_json(subject.name))
    await tx.connection.execute(outcomes.update().where(naming).values(reply=b"null"))


ACCOUNT = (
    "id",
    "name",
    "email",
    "kind",
    "verified_at",
    "admin",
    "listed",
    "relay_only",
    "locale",
    "zone",
    "created_at",
)
BARE = {
    "name": NOBODY,
    "searched": None,
    "email": None,
    "password": None,
    "verified_at": None,
    "admin": False,
    "listed": False,
    "relay_only": False,
    "locale": None,
    "zone": None,
}

register(
    "people",
    PersonalData(
        rows=(
            Rows("person", persons, ACCOUNT, by="id", replace=BARE),
            Rows("sign_ins", signins, ("created_at", "expires_at", "revoked_at", "device")),
            Rows("api_tokens", api_tokens, ("name", "created_at", "expires_at", "used_at", "revoked_at")),
            Rows("links", links, ("purpose", "email", "created_at", "expires_at", "used_at")),
            Rows("guest_marks", guest_marks, ("expires_at",)),
            Rows("roles", roles, ("conference", "session", "role", "granted_at")),
            Rows("roles_granted", roles, ("conference", "session", "role", "granted_at"), by="granted_by", replace={}),
            Rows("restraints", restraints, ("conference", "session", "kind", "until", "reason")),
            Rows(
                "restraints_imposed",
                restraints,
                ("conference", "session", "kind", "until", "reason", "at"),
                by="by",
                replace={"reason": ""},
            ),
            Rows("blocked", blocks, ("blocked", "at")),
            Rows("blocked_by", blocks, (), by="blocked"),
            Rows("notices", notices, ("kind", "values", "href", "at", "read_at")),
            Rows("notices_about", notices, (), by="about", replace={}),
            Rows("commands", outcomes, ("key", "at")),
            # The audit log is a hash chain and only holds ids. Actions on a person are exported from the tables that they changed.
            Rows("acts", audit, ("conference", "act", "at"), by="actor", replace={}),
            Rows("acts_concerning", audit, (), by="subject", replace={}),
        ),
        rooms=_rooms,
        erase=_erase,
    ),
)

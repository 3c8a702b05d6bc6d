"""What the core's tables and those of this slice keep about a person. The account itself is in erasure.py."""

import sqlalchemy as sa

from rooms.core.personal_data import DataSubject, PersonalData, Rows, register
from rooms.core.store.journal import rooms
from rooms.core.store.tables import audit, outcomes, restraints, roles
from rooms.people.tables import api_tokens, blocks, links, notices, signins


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    conferences = sa.select(roles.c.conference).where(roles.c.person == subject.id)
    return [
        sa.select(rooms.c.id).where(rooms.c.kind == "desk", rooms.c.subject == subject.id),
        sa.select(rooms.c.id).where(rooms.c.conference.in_(conferences)),
    ]


register(
    "people",
    PersonalData(
        rows=(
            Rows("sign_ins", signins, ("created_at", "expires_at", "revoked_at", "device")),
            Rows("api_tokens", api_tokens, ("name", "created_at", "expires_at", "used_at", "revoked_at")),
            Rows("links", links, ("purpose", "email", "created_at", "expires_at", "used_at")),
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
            Rows("notices", notices, ("kind", "values", "href", "at")),
            Rows("commands", outcomes, ("key", "at")),
            # The audit log is a chain, and holds ids alone. What was done to a person is exported from the tables that it was done in.
            Rows("acts", audit, ("conference", "act", "at"), by="actor", replace={}),
            Rows("acts_concerning", audit, (), by="subject", replace={}),
        ),
        rooms=_rooms,
    ),
)

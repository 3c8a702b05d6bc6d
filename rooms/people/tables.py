"""Tables of people: sign-ins, links, tokens, invitations, blocks and reports."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

signins = sa.Table(
    "signins",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("device", sa.String(200), nullable=False, default=""),
)

api_tokens = sa.Table(
    "api_tokens",  # personal access tokens for programs: the token itself is shown once, on creation
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),  # the label chosen by its owner
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),  # to the hour
    sa.Column("revoked_at", UtcDateTime),
)

links = sa.Table(
    "links",  # magic links and confirmations: only the email contains the secret itself
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(12), nullable=False),  # "sign-in" | "confirm" | "reset"
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),  # the address that the link confirms
    sa.Column(
        "browser", sa.String(64), nullable=False, default=""
    ),  # digest of the id of the browser that asked for it
    sa.Column("next", sa.String(500), nullable=False, default="/"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
)


invites = sa.Table(
    "invites",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("conference", sa.String(20), nullable=False, index=True),
    sa.Column("session", sa.String(20), nullable=False, default=""),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("uses_left", sa.Integer),  # None = any number
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("created_by", sa.String(20), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)


guest_marks = sa.Table(
    "guest_marks",  # the browser and network of a guest, as keyed hashes
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("browser", sa.String(64), nullable=False),
    sa.Column("network", sa.String(64), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)


guest_restraints = sa.Table(
    "guest_restraints",  # the restraints of guests by browser, so that they hold for the next account
    metadata,
    sa.Column("browser", sa.String(64), primary_key=True),
    sa.Column("conference", sa.String(20), primary_key=True),
    sa.Column("session", sa.String(20), primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("network", sa.String(64), nullable=False, index=True),
    sa.Column("until", UtcDateTime),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)


blocks = sa.Table(
    "blocks",  # people who are never put into the same call
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("blocked", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_blocks_blocked", "blocked"),
)

reports = sa.Table(
    "reports",  # reports of people's conduct to the organisers
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), nullable=False),
    sa.Column("room", sa.String(20), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),  # the reported person
    sa.Column("by", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),  # harassment | spam | impersonation | other
    sa.Column("text", sa.String(1000), nullable=False, default=""),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Column("done_by", sa.String(20)),
    sa.Column("message", sa.String(20)),  # the reported chat message, or
    sa.Column("question", sa.String(20)),  # the reported question
    sa.Column("quote", sa.String(1000)),  # what it said when it was reported
    sa.Index("ix_reports_conference", "conference", "done_at", "at"),
)


notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("values", Json, nullable=False),
    sa.Column("about", sa.String(20)),  # the person whose name is in `values`
    sa.Column("href", sa.String(300), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("read_at", UtcDateTime),
    sa.Index("ix_notices_person", "person", "at"),
)

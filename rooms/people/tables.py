"""People, how they sign in, what they may do, and what they did."""

import sqlalchemy as sa

from rooms.database import Json, UtcDateTime, metadata

persons = sa.Table(
    "persons",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("email", sa.String(254), unique=True),  # lower case; None for guests and erased persons
    sa.Column("password", sa.String(200)),  # argon2id
    sa.Column("kind", sa.String(10), nullable=False),  # "registered" | "guest"
    sa.Column("verified_at", UtcDateTime),  # when the address was proven; guests have none to prove
    sa.Column("admin", sa.Boolean, nullable=False, default=False),
    sa.Column("listed", sa.Boolean, nullable=False, default=False),  # whether he chose to be named among those present
    sa.Column("relay_only", sa.Boolean, nullable=False, default=False),  # whether nobody he calls may learn his address
    sa.Column("locale", sa.String(12)),
    sa.Column("zone", sa.String(60)),
    sa.Column("calendar_key", sa.String(20), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("erased_at", UtcDateTime),
)

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
    "api_tokens",  # personal access tokens for programs: the token itself is shown once, when it is made
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),  # what its owner calls it
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),  # to the hour
    sa.Column("revoked_at", UtcDateTime),
)

links = sa.Table(
    "links",  # magic links and confirmations: the secret itself is only in the mail
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(12), nullable=False),  # "sign-in" | "confirm" | "reset"
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("email", sa.String(254), nullable=False),  # the address that using it proves
    sa.Column(
        "browser", sa.String(64), nullable=False, default=""
    ),  # digest of the id of the browser that asked for it
    sa.Column("next", sa.String(500), nullable=False, default="/"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("conference", sa.String(20), primary_key=True),
    sa.Column("session", sa.String(20), primary_key=True, default=""),  # "" = the whole conference
    sa.Column("role", sa.String(12), primary_key=True),
    sa.Column("granted_by", sa.String(20)),
    sa.Column("granted_at", UtcDateTime, nullable=False),
    sa.Index("ix_roles_conference", "conference", "session"),
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

restraints = sa.Table(
    "restraints",
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("conference", sa.String(20), primary_key=True),
    sa.Column("session", sa.String(20), primary_key=True, default=""),  # "" = the whole conference
    sa.Column("kind", sa.String(10), primary_key=True),  # "silence" | "ban"
    sa.Column("until", UtcDateTime),  # None = until lifted
    sa.Column("reason", sa.String(300), nullable=False, default=""),
    sa.Column("by", sa.String(20), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

blocks = sa.Table(
    "blocks",  # who is never put into one call with whom
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("blocked", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_blocks_blocked", "blocked"),
)

reports = sa.Table(
    "reports",  # what people have told the organisers of each other's conduct
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), nullable=False),
    sa.Column("room", sa.String(20), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),  # who is reported
    sa.Column("by", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),  # harassment | spam | impersonation | other
    sa.Column("text", sa.String(1000), nullable=False, default=""),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Column("done_by", sa.String(20)),
    sa.Index("ix_reports_conference", "conference", "done_at", "at"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("conference", sa.String(20), primary_key=True),  # "" = the platform
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.String(20)),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(60), nullable=False, default=""),
    sa.Column("details", Json, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("values", Json, nullable=False),
    sa.Column("href", sa.String(300), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_notices_person", "person", "at"),
)

outcomes = sa.Table(
    "outcomes",  # what became of each command, so that a retry changes nothing
    metadata,
    sa.Column("person", sa.String(20), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("reply", sa.LargeBinary, nullable=False),
    sa.Column("seq", sa.BigInteger),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)

audit_heads = sa.Table(
    "audit_heads",  # the end of each chain: its lock, and what tells that the last entries were cut off
    metadata,
    sa.Column("conference", sa.String(20), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)

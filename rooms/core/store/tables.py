"""Tables that every slice shares: conferences, people and their rights, the audit log, and the outcomes of commands."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

persons = sa.Table(
    "persons",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("searched", sa.Text),  # the folded name; None: written by an older version
    sa.Column("email", sa.String(254), unique=True),  # lower case; None for guests and erased persons
    sa.Column("password", sa.String(200)),  # argon2id
    sa.Column("kind", sa.String(10), nullable=False),  # "registered" | "guest"
    sa.Column("verified_at", UtcDateTime),  # when the address was proven; guests have none to prove
    sa.Column("admin", sa.Boolean, nullable=False, default=False),
    sa.Column("listed", sa.Boolean, nullable=False, default=False),  # chose to be named among those present
    sa.Column("relay_only", sa.Boolean, nullable=False, default=False),  # nobody they call may learn their IP address
    sa.Column("locale", sa.String(12)),
    sa.Column("zone", sa.String(60)),
    sa.Column("calendar_key", sa.String(20), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("erased_at", UtcDateTime),
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


conferences = sa.Table(
    "conferences",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("slug", sa.String(40), nullable=False, unique=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("tagline", sa.String(300), nullable=False, default=""),
    sa.Column("description", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …, "tagline": …, "description": …}}
    sa.Column("zone", sa.String(60), nullable=False),  # IANA
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("access", sa.String(10), nullable=False, default="public"),  # "public" | "members": who may read
    sa.Column("guests", sa.Boolean, nullable=False, default=True),  # whether one may take part under a mere name
    sa.Column("call_limit", sa.Integer, nullable=False, default=4),  # people in one call
    sa.Column("relay_only", sa.Boolean, nullable=False, default=False),  # whether callers learn each other's address
    sa.Column("talk_minutes", sa.Integer, nullable=False, default=10),  # how long a call should take
    sa.Column("created_at", UtcDateTime, nullable=False),
)

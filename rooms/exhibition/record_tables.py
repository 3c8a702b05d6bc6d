"""Tables of anonymous visits, owners to invite, and applications to exhibit."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

booth_visits = sa.Table(
    "booth_visits",  # one row for each person and day; identifies nobody
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),  # of the conference's zone
    sa.Column("visitor", sa.String(32), primary_key=True),  # a hash with the salt of the day
    sa.Column("hours", sa.Integer, nullable=False),  # hours of presence, one bit each
    sa.Column("seconds", sa.Integer, nullable=False),  # total length of stay
)

visit_salts = sa.Table(
    "visit_salts",  # deleted after the day: then nobody can tell whom a hash means
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("salt", sa.String(64), nullable=False),
)

owner_invites = sa.Table(
    "owner_invites",  # owners from an imported list who have no account: each is invited once
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("email", sa.String(254), primary_key=True),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("invited_at", UtcDateTime),
    sa.Column("digest", sa.String(64), nullable=False, default=""),  # of the invitation's secret
)

exhibitor_applications = sa.Table(
    "exhibitor_applications",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("said", Json, nullable=False),  # the texts of the booth, in the shape of a draft
    sa.Column("hall", sa.String(120), nullable=False, default=""),  # the requested hall
    sa.Column("tier", sa.Integer, nullable=False, default=3),  # requested: 1 partner, 2 sponsor, 3 exhibitor
    sa.Column("remark", sa.String(1000), nullable=False, default=""),
    sa.Column("state", sa.String(10), nullable=False),  # sent | reviewed | accepted | declined | withdrawn
    sa.Column("reason", sa.String(300), nullable=False, default=""),
    sa.Column("booth", sa.String(20)),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Index("ix_exhibitor_applications_conference", "conference", "state"),
)

"""The table of second looks: a person whom the organisers have asked reads a draft and recommends what to do."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

peer_reviews = sa.Table(
    "peer_reviews",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("asked_by", sa.String(20), sa.ForeignKey("persons.id")),  # None: erased
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("advice", sa.String(10), nullable=False),  # "" until it is written | publish | change | decline
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("for_author", sa.Boolean, nullable=False),  # whether the entry's organisation sees it, without the name
    sa.Column("written_at", UtcDateTime),
    sa.UniqueConstraint("entry", "person"),
)

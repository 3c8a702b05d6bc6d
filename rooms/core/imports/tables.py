"""The table of files that organisers have checked and not yet imported."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

uploads = sa.Table(
    "uploads",  # files that an organiser has checked and not yet imported
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),  # schedule | exhibitors | organisations | …
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_uploads_owner", "conference", "person"),
)

"""The table of meet-ups. An approved one is also a booking, which holds its seats and the people on its waiting list."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

meetups = sa.Table(
    "meetups",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("proposer", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("text", sa.String(2000), nullable=False),
    sa.Column("language", sa.String(12), nullable=False),  # a tag of BCP 47, or empty
    sa.Column("place", sa.String(120), nullable=False),  # "": in a meeting room on this site
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),  # with the proposer
    sa.Column("state", sa.String(10), nullable=False),  # waiting | approved | declined | cancelled
    sa.Column("comment", sa.String(500), nullable=False),  # of the organiser who decided, or why it was cancelled
    sa.Column("booking", sa.String(20), sa.ForeignKey("bookings.id"), unique=True),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime),  # when the proposer last changed it after its approval
    sa.Column("decided_at", UtcDateTime),
    sa.Index("ix_meetups_conference", "conference", "state", "starts_at"),
)

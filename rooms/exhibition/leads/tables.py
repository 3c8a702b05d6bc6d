"""Leads: which contacts were shared with an exhibitor, the notes of its staff, and the ledger of consents."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

leads = sa.Table(
    "leads",  # deleted, with its notes, as soon as the visitor withdraws it
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("state", sa.String(8), nullable=False),  # asked | given
    sa.Column("purpose", sa.String(10), nullable=False),  # follow_up | news
    sa.Column(
        "source", sa.String(10), nullable=False
    ),  # where they agreed: booth | queue | chat | contact | call | scan | asked
    sa.Column("organisation", sa.String(120), nullable=False, default=""),
    sa.Column(
        "name", sa.String(80), nullable=False, default=""
    ),  # at the time of sharing; "" while they are only asked
    sa.Column("email", sa.String(254)),  # None for a guest
    sa.Column("asked_by", sa.String(20)),
    sa.Column("at", UtcDateTime, nullable=False),  # when they agreed, or were asked
    sa.Column("rating", sa.String(4), nullable=False, default=""),  # hot | warm | cold
    sa.Column("tags", Json, nullable=False),  # the exhibitor's own: ["resellers"]
    sa.Column("searched", sa.Text, nullable=False, server_default=""),  # the searchable text, with notes, case-folded
    sa.UniqueConstraint("booth", "person"),
)

lead_notes = sa.Table(
    "lead_notes",  # only ever added to
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("lead", sa.String(20), sa.ForeignKey("leads.id"), nullable=False, index=True),
    sa.Column("author", sa.String(20), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

consents = sa.Table(
    "consents",  # the ledger: records each consent, never the shared data
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False),
    sa.Column("person", sa.String(20), nullable=False, index=True),
    sa.Column("act", sa.String(10), nullable=False),  # asked | given | refused | withdrawn
    sa.Column("purpose", sa.String(10), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("by", sa.String(20)),  # the member of the staff who asked
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_consents_booth", "booth", "person", "at"),
)

"""Tables of the documents of entries, and of the people who may read those that are not for everyone."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

entry_files = sa.Table(
    "entry_files",  # one for each value of a field of the kind FILE, in the published entry or in its draft
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), nullable=False, index=True),
    sa.Column("field", sa.String(40), nullable=False),  # the key of the field
    sa.Column("gated", sa.Boolean, nullable=False),  # only for readers whom the organisation has approved
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("ending", sa.String(8), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),  # SHA-256
    sa.Column("added_by", sa.String(20), sa.ForeignKey("persons.id")),  # None: erased
    sa.Column("added_at", UtcDateTime, nullable=False),
)

entry_readers = sa.Table(
    "entry_readers",  # people who have asked to read an entry's documents
    metadata,
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("reason", sa.String(1000), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting | approved | refused
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("answered_by", sa.String(20), sa.ForeignKey("persons.id")),
    sa.Column("answered_at", UtcDateTime),
    sa.Index("ix_entry_readers_person", "person"),
)

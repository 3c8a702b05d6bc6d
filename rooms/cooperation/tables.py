"""Tables of project cooperation: what organisations offer and seek, in types and fields that the organisers define."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata
from rooms.core.store.full_text import FullTextIndex

entry_types = sa.Table(
    "entry_types",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("side", sa.String(10), nullable=False),  # offer | request
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"name": …}}
    sa.Column("fields", Json, nullable=False),  # [{"key": …, "kind": …, "name": …}]: messages.FieldView
    sa.Column("days", sa.Integer, nullable=False),  # how long an entry is shown
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("archived_at", UtcDateTime),  # no new entries since then
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id"), nullable=False, index=True),
    sa.Column("type", sa.String(20), sa.ForeignKey("entry_types.id"), nullable=False, index=True),
    sa.Column("author", sa.String(20), sa.ForeignKey("persons.id")),  # None: erased
    sa.Column("state", sa.String(10), nullable=False),  # hidden | published | expired | withdrawn
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …, "about": …}}
    sa.Column("country", sa.String(2), nullable=False, default=""),  # where the project takes place, ISO 3166-1
    sa.Column("values", Json, nullable=False),  # {key of a field: value}
    sa.Column("roles", Json),  # [{"key": …, "name": …}]: messages.RoleSought; None: written before there were roles
    sa.Column("draft", Json),  # title to values, waiting for approval
    sa.Column("review", sa.String(10), nullable=False),  # none | draft | waiting | declined
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("published_at", UtcDateTime),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("reminded_at", UtcDateTime),  # when the organisation was reminded of the expiry
    sa.Column("external_id", sa.String(80)),  # its id in an imported list
    sa.Index("ix_entries_conference_state", "conference", "state", "published_at"),
)

entry_facets = sa.Table(
    "entry_facets",  # the values by which published entries are filtered
    metadata,
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("key", sa.String(40), primary_key=True),  # "country", or the key of a field
    sa.Column("value", sa.String(200), nullable=False),
    sa.Index("ix_entry_facets_key_value", "key", "value"),
)

entry_sought = sa.Table(
    "entry_sought",  # the roles that published ideas are still missing
    metadata,
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("role", sa.String(16), primary_key=True),
    sa.Column("country", sa.String(2), primary_key=True),  # "": from anywhere
    sa.Index("ix_entry_sought_country", "country"),
)

entry_comments = sa.Table(
    "entry_comments",  # between the organisation and the organisers, about a draft
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), nullable=False, index=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("query", Json, nullable=False),  # search.Query
    sa.Column("seen_until", UtcDateTime, nullable=False),  # entries published before are known
)

interests = sa.Table(
    "interests",  # someone asks the organisation behind an entry for a conversation
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("entry", sa.String(20), sa.ForeignKey("entries.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id")),  # in whose name they ask
    sa.Column("role", sa.String(16), nullable=False, server_default=""),  # of an idea, for which they apply
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting | accepted | declined | withdrawn
    sa.Column("reason", sa.String(20), nullable=False, default=""),  # of a list: why it was declined
    sa.Column("answered_by", sa.String(20), sa.ForeignKey("persons.id")),
    sa.Column("outcome", sa.String(12), nullable=False, default=""),  # talks | letter | memorandum | agreement | none
    sa.Column("outcome_at", UtcDateTime),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.UniqueConstraint("entry", "person"),
)

entry_terms = FullTextIndex("entry_terms")
"""The texts of published entries."""

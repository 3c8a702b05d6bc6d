"""Tables of organisations and their members."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata
from rooms.organisations.names import KEY_LENGTH

organisations = sa.Table(
    "organisations",  # companies, institutes and agencies: they exhibit, offer projects and recruit
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("key", sa.String(KEY_LENGTH), nullable=False),  # the name for comparisons (names.py)
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"name": …, "about": …}}
    sa.Column("website", sa.String(300), nullable=False, default=""),
    sa.Column("logo", sa.String(80), nullable=False, default=""),  # the address where it is served
    sa.Column("country", sa.String(2), nullable=False, default=""),  # ISO 3166-1
    sa.Column("fields", Json, nullable=False),  # what it works in: ["Energy", "Biomedicine"]
    sa.Column("searched", sa.Text, nullable=False, default=""),  # all its texts, folded
    sa.Column("external_id", sa.String(80)),  # its id in an imported list
    sa.Index("ix_organisations_conference_key", "conference", "key"),
)

organisation_members = sa.Table(
    "organisation_members",
    metadata,
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("role", sa.String(10), nullable=False),  # owner | member
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Index("ix_organisation_members_person", "person"),
)

organisation_invitations = sa.Table(
    "organisation_invitations",  # by address, whether or not there is an account with it
    metadata,
    sa.Column("organisation", sa.String(20), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("email", sa.String(254), primary_key=True),
    sa.Column("by", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("declined_at", UtcDateTime),
    sa.Index("ix_organisation_invitations_email", "email"),
)

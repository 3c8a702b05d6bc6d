"""Tables of contacts: each person's card, and what two people who are in contact give each other."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

cards = sa.Table(
    "cards",  # what a person can give to others; their name and email address are those of the account
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("phone", sa.String(40), nullable=False),
    sa.Column("organisation", sa.String(120), nullable=False),
    sa.Column("job", sa.String(120), nullable=False),
    sa.Column("website", sa.String(300), nullable=False),
    sa.Column("country", sa.String(2), nullable=False),  # ISO 3166-1
    sa.Column("languages", Json, nullable=False),  # ["en", "zh"]
    sa.Column("note", sa.String(300), nullable=False),
    sa.Column("offers", sa.String(600), nullable=False),  # on the profile page
    sa.Column("audience", sa.String(10), nullable=False),  # of the profile page: everyone | contacts | nobody
    sa.Column("usual", Json, nullable=False),  # the fields that are chosen beforehand: ["email", …]
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

connections = sa.Table(
    "connections",  # how one person stands to another. Two people in contact have a row each.
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("other", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),  # asked | requested | declined | withdrawn | agreed | ended
    sa.Column("fields", Json, nullable=False),  # what the person gives to the other: ["email", …]
    sa.Column("how", sa.String(10), nullable=False),  # profile | chat | call | code | round
    sa.Column("text", sa.String(300), nullable=False),  # the message with a request
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),  # where they met
    sa.Column("at", UtcDateTime, nullable=False),  # of the state
    sa.Index("ix_connections_other", "other"),
)

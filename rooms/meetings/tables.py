"""Tables of meetings: invitations, calls, participants and feedback."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

meetings = sa.Table(
    "meetings",  # a room for invited people only
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id")),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
)

invited = sa.Table(
    "invited",
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
)

calls = sa.Table(
    "calls",  # calls of meetings, with the rules of the conference at the last join
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), primary_key=True),
    sa.Column("limit", sa.Integer, nullable=False),
    sa.Column("relay_only", sa.Boolean, nullable=False, default=False),
    sa.Column("ends_at", UtcDateTime),  # when the talk should end
    sa.Column("extensions", sa.Integer, nullable=False, default=0),
)

call_peers = sa.Table(
    "call_peers",  # the current participants of calls
    metadata,
    sa.Column("peer", sa.String(20), primary_key=True),
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), nullable=False, index=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, unique=True),  # one call at once
    sa.Column("token", sa.String(64), nullable=False),  # the digest of the secret that resumes the place
    sa.Column("link", sa.String(20), nullable=False),  # the id of the connection
    sa.Column("relay_only", sa.Boolean, nullable=False, default=False),
    sa.Column("mic", sa.Boolean, nullable=False, default=False),
    sa.Column("cam", sa.Boolean, nullable=False, default=False),
    sa.Column("screen", sa.Boolean, nullable=False, default=False),
    sa.Column("hand", sa.Boolean, nullable=False, default=False),
    sa.Column("held", sa.Boolean, nullable=False, default=False),
    sa.Column("joined_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),  # the last heartbeat of the connection
    sa.Column("lost_at", UtcDateTime),  # when the connection was lost
)

call_waits = sa.Table(
    "call_waits",  # people who wait for a place in a full call
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False, index=True),  # the last repetition of the request
)

call_outcomes = sa.Table(
    "call_outcomes",
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("outcome", sa.String(10), nullable=False),  # held | no_show
    sa.Column("rating", sa.Integer),
    sa.Column("note", sa.String(500), nullable=False, default=""),
    sa.Column("at", UtcDateTime, nullable=False),
)

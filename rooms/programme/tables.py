"""The programme of a conference: its tracks, sessions, speakers, and who starred what."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("texts", Json, nullable=False),
    sa.Column("colour", sa.String(7), nullable=False, default=""),
    sa.Column("position", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("conference", "name"),
)

halls = sa.Table(
    "halls",  # where sessions take place; a session names its hall in `place`
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("external_id", sa.String(100)),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("description", sa.Text, nullable=False, default=""),
    sa.Column("capacity", sa.Integer),
    sa.Column("position", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("conference", "name"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("track", sa.String(20), sa.ForeignKey("tracks.id")),
    sa.Column("external_id", sa.String(100)),  # the id in an imported schedule
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("subtitle", sa.String(300), nullable=False, default=""),
    sa.Column("abstract", sa.Text, nullable=False, default=""),
    sa.Column("description", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"title": …, "abstract": …}}
    sa.Column("kind", sa.String(100), nullable=False, default="talk"),
    sa.Column("language", sa.String(35), nullable=False, default="en"),
    sa.Column("place", sa.String(120), nullable=False, default=""),  # the hall, where the schedule has one
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("cancelled", sa.Boolean, nullable=False, default=False),
    sa.Column("links", Json, nullable=False),  # [{"title": …, "url": …}]
    sa.Column(
        "source", Json, nullable=False, default=dict
    ),  # other fields of the imported schedule, kept for the export
    sa.Column("revision", sa.Integer, nullable=False, default=0),  # iCalendar's SEQUENCE
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conference", "external_id"),
    sa.Index("ix_sessions_time", "conference", "starts_at"),
)

speakers = sa.Table(
    "speakers",  # a name in the programme; `person` once that speaker has signed in
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("external_id", sa.String(100)),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("affiliation", sa.String(200), nullable=False, default=""),
    sa.Column("biography", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),
    sa.Column("source", Json, nullable=False, default=dict),  # its pages in the imported schedule
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id")),
    sa.UniqueConstraint("conference", "external_id"),
)

session_speakers = sa.Table(
    "session_speakers",
    metadata,
    sa.Column("session", sa.String(20), sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("speaker", sa.String(20), sa.ForeignKey("speakers.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False, default=0),
)

stars = sa.Table(
    "stars",
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("session", sa.String(20), sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)

pending_news = sa.Table(
    "pending_news",  # people to notify of changed sessions, with what each session was before the change
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("session", sa.String(20), sa.ForeignKey("sessions.id"), nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("place", sa.String(120), nullable=False),
    sa.Column("zone", sa.String(60), nullable=False),  # the conference's
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

forums = sa.Table(
    "forums",  # one row per session: the state of its forum
    metadata,
    sa.Column("session", sa.String(20), sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False, default="scheduled"),  # scheduled | lobby | live | ended
    sa.Column("started_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("alarmed_at", UtcDateTime),  # when people were last notified that nobody had started it
    sa.Column("stage", Json, nullable=False),  # {"kind", "address", "title", "air", "salt"}: see Forum
    sa.Column("asking", sa.String(8), nullable=False, default="open"),  # open | paused | locked
    sa.Column("review", sa.Boolean, nullable=False, default=True),
    sa.Column("anonymous", sa.Boolean, nullable=False, default=True),
    sa.Column("screen", sa.String(20)),  # the question on the big screen
    sa.Column("screen_poll", sa.String(20)),  # or the poll
    sa.Column("answering", sa.String(20)),  # the question being answered now
    sa.Column("before_end", Json),  # what the end of the session closed, as it was: {"asking": …, "chat": true}
)

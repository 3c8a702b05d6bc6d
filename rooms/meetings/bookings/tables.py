"""Tables of booked meetings: when and where people can meet, what is booked, and who asks whom."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

meeting_settings = sa.Table(
    "meeting_settings",
    metadata,
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("slot_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_minutes", sa.Integer, nullable=False),  # between two bookings of a person
    sa.Column("lapse_hours", sa.Integer, nullable=False),  # until a request without an answer lapses
    sa.Column("most_open", sa.Integer, nullable=False),  # requests of a person that wait for an answer
)

meeting_windows = sa.Table(
    "meeting_windows",  # when meetings can be booked; divided into slots
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
)

spots = sa.Table(
    "spots",  # where people meet
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # virtual: a call | physical: a table
    sa.Column("meetings", sa.Integer, nullable=False),  # how many take place there at once
    sa.Column("seats", sa.Integer, nullable=False),  # how many people one meeting there can have
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("archived_at", UtcDateTime),  # no new bookings since then
)

absences = sa.Table(
    "absences",  # slots that a person has switched off
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("starts_at", UtcDateTime, primary_key=True),
    sa.Column("ends_at", UtcDateTime, nullable=False),
)

bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # meeting | interview | demo | group | meetup | round
    sa.Column("title", sa.String(200), nullable=False, default=""),  # "": named after the people
    sa.Column("text", sa.String(2000), nullable=False, default=""),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # booked | cancelled | missed
    sa.Column("reason", sa.String(500), nullable=False, default=""),  # why it was cancelled
    sa.Column("spot", sa.String(20), sa.ForeignKey("spots.id")),
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), unique=True),  # the room of its call
    sa.Column("host", sa.String(20)),  # the person, booth or organisation that invites
    sa.Column("about_kind", sa.String(12), nullable=False, default=""),  # entry | application | booth
    sa.Column("about", sa.String(20), nullable=False, default=""),
    sa.Column("capacity", sa.Integer),  # guests; None: only those who are invited
    sa.Column("sequence", sa.Integer, nullable=False, default=0),  # iCalendar's SEQUENCE
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Index("ix_bookings_conference_time", "conference", "starts_at"),
    sa.Index("ix_bookings_about", "about_kind", "about"),
)

booking_people = sa.Table(
    "booking_people",
    metadata,
    sa.Column("booking", sa.String(20), sa.ForeignKey("bookings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("role", sa.String(10), nullable=False),  # host | guest
    sa.Column("state", sa.String(10), nullable=False),  # booked | standby | offered | left | missed
    sa.Column("at", UtcDateTime, nullable=False),  # since when in this state
    sa.Column("checked_in_at", UtcDateTime),  # when they came
    sa.Column("reminded_at", UtcDateTime),
    sa.Column("mailed", sa.Integer),  # the sequence of the last invitation; None: none was sent
    sa.Index("ix_booking_people_person", "person", "state"),
)

meeting_requests = sa.Table(
    "meeting_requests",  # one person asks another for a meeting
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("asker", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("asked", sa.String(20), sa.ForeignKey("persons.id"), nullable=False, index=True),
    sa.Column("turn", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),  # whose answer it waits for
    sa.Column("state", sa.String(10), nullable=False),  # waiting | standby | accepted | declined | withdrawn | lapsed
    sa.Column("text", sa.String(1000), nullable=False, default=""),
    sa.Column("times", Json, nullable=False),  # the starts of up to three slots, ISO 8601
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("place", sa.String(10), nullable=False, default="virtual"),  # virtual | physical
    sa.Column("about_kind", sa.String(12), nullable=False, default=""),
    sa.Column("about", sa.String(20), nullable=False, default=""),
    sa.Column("reason", sa.String(500), nullable=False, default=""),  # why it was declined
    sa.Column("booking", sa.String(20), sa.ForeignKey("bookings.id")),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("lapses_at", UtcDateTime, nullable=False),
    sa.Column("answered_at", UtcDateTime),
    sa.Index("ix_meeting_requests_asker", "asker", "state"),
    sa.Index("ix_meeting_requests_lapses", "state", "lapses_at"),
)

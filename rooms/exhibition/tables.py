"""Tables of the exhibition: halls, booths, staff, queues and requests."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

exhibition_halls = sa.Table(
    "exhibition_halls",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"name": …}}
    sa.Column("position", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("conference", "name"),
)

booths = sa.Table(
    "booths",  # where an organisation exhibits, with the texts that it shows there
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("organisation", sa.String(20), index=True),  # of rooms.organisations; None: made by an older version
    sa.Column("hall", sa.String(20), sa.ForeignKey("exhibition_halls.id"), nullable=False, index=True),
    sa.Column("number", sa.String(20), nullable=False, default=""),  # the stand number, such as "A 12"
    sa.Column("tier", sa.Integer, nullable=False, default=3),  # 1 partner, 2 sponsor, 3 exhibitor
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("tagline", sa.String(200), nullable=False, default=""),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("texts", Json, nullable=False),  # {"zh_Hans": {"name": …, "tagline": …, "about": …}}
    sa.Column("website", sa.String(300), nullable=False, default=""),
    sa.Column("logo", sa.String(80), nullable=False, default=""),  # the address where it is served
    sa.Column("country", sa.String(2), nullable=False, default=""),  # ISO 3166-1
    sa.Column("field", sa.String(80), nullable=False, default=""),
    sa.Column("languages", Json, nullable=False),  # spoken by its staff: ["en", "zh"]
    sa.Column("spoken", sa.String(200), nullable=False, default=""),  # the same for searching: "|en|zh|"
    sa.Column("searched", sa.Text, nullable=False, default=""),  # all its texts, folded
    sa.Column("open", sa.Boolean, nullable=False, default=False),  # approved once, so visitors see it
    sa.Column("draft", Json),  # texts that wait for approval
    sa.Column("review", sa.String(10), nullable=False, default="none"),  # none | draft | waiting | declined
    sa.Column("note", sa.String(300), nullable=False, default=""),  # why it was declined
    sa.Column("tickets", sa.Integer, nullable=False, default=0),  # the last ticket number of the queue
    sa.Column("service_seconds", sa.Integer, nullable=False),  # measured length of a talk here
    sa.Column("people", sa.Integer, nullable=False, default=0),  # present now, reported by the processes
    sa.Column("staff_here", sa.Integer, nullable=False, default=0),
    sa.Column("waiting", sa.Integer, nullable=False, default=0),
    sa.Column("seen_at", UtcDateTime),  # when a process last reported who is present
    sa.Column("external_id", sa.String(80)),  # its identity in the imported file
    sa.Index("ix_booths_directory", "conference", "open", "tier"),
    sa.UniqueConstraint("conference", "external_id"),
)

booth_staff = sa.Table(
    "booth_staff",
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("duty", sa.String(10), nullable=False),  # owner | staff | contact
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column(
        "here", sa.Boolean, nullable=False, default=False, server_default=sa.false()
    ),  # reported by the processes
    sa.Index("ix_booth_staff_person", "person"),
)

booth_shifts = sa.Table(
    "booth_shifts",  # when a member of the staff takes visitors; a booth without any follows who is there
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("hand", sa.Integer, nullable=False),  # the number under which visitors see all shifts of one person here
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Index("ix_booth_shifts_booth", "booth", "starts_at"),
    sa.Index("ix_booth_shifts_person", "person"),
)

booth_breaks = sa.Table(
    "booth_breaks",  # current breaks only: nobody needs to know who was on a break when
    metadata,
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("since", UtcDateTime),  # None: begins after the current talk
    sa.Column("minutes", sa.Integer),  # None: open-ended
    sa.Index("ix_booth_breaks_person", "person"),
)

queue_places = sa.Table(
    "queue_places",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("ticket", sa.Integer, nullable=False),  # the number that everyone may see
    sa.Column("rank", sa.Integer, nullable=False),  # the order of the queue
    sa.Column("state", sa.String(10), nullable=False),  # waiting | called | talking | done | left
    sa.Column("joined_at", UtcDateTime, nullable=False),
    sa.Column("called_by", sa.String(20)),
    sa.Column("called_at", UtcDateTime),
    sa.Column("until", UtcDateTime),  # called: when the call lapses; talking: when it counts as abandoned
    sa.Column("accepted_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("missed", sa.Integer, nullable=False, default=0),
    sa.Column("meeting", sa.String(20)),
    sa.Column("soon_at", UtcDateTime),  # when they were notified that their turn comes soon
    sa.Column(
        "late_at", UtcDateTime
    ),  # when they were notified that they will probably not be called before the booth closes
    sa.Index("ix_queue_places_booth", "booth", "state", "rank"),
    sa.Index("ix_queue_places_person", "person", "state"),
)

contacts = sa.Table(
    "contacts",  # requests to a booth's staff: a task that has an owner once taken
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("booth", sa.String(20), sa.ForeignKey("booths.id"), nullable=False),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # contact | message
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # open | taken | done
    sa.Column("owner", sa.String(20)),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_contacts_booth", "booth", "state"),
)

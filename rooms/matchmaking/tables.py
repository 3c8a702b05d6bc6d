"""Tables of matchmaking: who wants to be found, what they offer and look for, and whom they wish to meet."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

match_settings = sa.Table(
    "match_settings",
    metadata,
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("most", sa.Integer, nullable=False),  # meetings of one person in the schedule
    sa.Column("together", sa.Boolean, nullable=False),  # colleagues who wish to meet the same person share a meeting
)

match_profiles = sa.Table(
    "match_profiles",
    metadata,
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("found", sa.Boolean, nullable=False),  # takes part: is suggested to others, and they to them
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("home", sa.String(2), nullable=False, default=""),  # ISO 3166-1
    sa.Column("offers", Json, nullable=False),  # ["Electrolysis of seawater"]
    sa.Column("needs", Json, nullable=False),
    sa.Column("alone", sa.Boolean, nullable=False),  # meets without colleagues
    sa.Column("most", sa.Integer),  # meetings in the schedule; None: as many as the settings allow
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Index("ix_match_profiles_person", "person"),
)

match_keys = sa.Table(
    "match_keys",  # by which people are found for each other: facts.KeyKind
    metadata,
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("value", sa.String(100), primary_key=True),
    sa.Index("ix_match_keys_value", "conference", "kind", "value", "person"),
)

wishes = sa.Table(
    "wishes",
    metadata,
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("other", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("wish", sa.String(10), nullable=False),  # must | meet | no | later
    sa.Column("again", sa.Boolean, nullable=False),  # although they have met before
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_wishes_other", "other", "conference"),
)

match_runs = sa.Table(
    "match_runs",  # automatic schedules
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False, index=True),
    sa.Column("state", sa.String(12), nullable=False, index=True),  # schedule.messages.RunState
    sa.Column("place", sa.String(10), nullable=False),  # virtual | physical
    sa.Column("again", sa.Boolean, nullable=False),  # people may meet who have met before
    sa.Column("done", sa.Integer, nullable=False),  # of 100
    sa.Column("failure", sa.String(300), nullable=False, default=""),
    sa.Column("figures", Json),  # schedule.task.ScheduleFigures
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),  # when its process was last seen working
    sa.Column("solved_at", UtcDateTime),
    sa.Column("published_at", UtcDateTime),
    sa.Column("notified", sa.String(20)),  # the last person who has been notified of its state; None: everyone has
)

planned_meetings = sa.Table(
    "planned_meetings",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("run", sa.String(20), sa.ForeignKey("match_runs.id"), nullable=False, index=True),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("spot", sa.String(20), sa.ForeignKey("spots.id")),
    sa.Column("state", sa.String(10), nullable=False),  # planned | objected | booked | left_out
    sa.Column("reason", sa.String(10), nullable=False, default=""),  # why it was left out: schedule.messages.LeftOut
    sa.Column("booking", sa.String(20), sa.ForeignKey("bookings.id")),
)

planned_people = sa.Table(
    "planned_people",
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("planned_meetings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("objection", sa.String(10), nullable=False, default=""),  # time | person | other
    sa.Column("text", sa.String(300), nullable=False, default=""),
    sa.Index("ix_planned_people_person", "person"),
)

unplaced_wishes = sa.Table(
    "unplaced_wishes",
    metadata,
    sa.Column("run", sa.String(20), sa.ForeignKey("match_runs.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("other", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("wish", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(10), nullable=False),  # schedule.messages.Unplaced
    sa.Index("ix_unplaced_wishes_other", "other"),
)

"""Tables of rounds of short talks."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

rounds = sa.Table(
    "rounds",  # an event of several rounds, in each of which everyone present talks to somebody else
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("conference", sa.String(20), sa.ForeignKey("conferences.id"), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("audience", sa.String(10), nullable=False),  # everyone | members
    sa.Column("prefers", sa.String(14), nullable=False),  # nothing | organisations | countries
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("talk_minutes", sa.Integer, nullable=False),
    sa.Column("pause_seconds", sa.Integer, nullable=False),
    sa.Column("talks", sa.Integer, nullable=False),  # how many rounds
    sa.Column("state", sa.String(10), nullable=False),  # waiting | talk | pause | ended | cancelled
    sa.Column("number", sa.Integer, nullable=False),  # of the round; 0: none has begun
    sa.Column("until", UtcDateTime),  # the end of the talk or the pause
    sa.Index("ix_rounds_conference", "conference", "starts_at"),
    sa.Index("ix_rounds_state", "state"),
)

round_people = sa.Table(
    "round_people",  # who has entered the waiting room
    metadata,
    sa.Column("round", sa.String(20), sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True, index=True),
    sa.Column("here", sa.Boolean, nullable=False),  # has entered, and has not left
    sa.Column("seen_at", UtcDateTime, nullable=False),  # when a process last held a connection of theirs
    sa.Column("left_over", sa.Integer, nullable=False),  # the number of the round in which nobody was free for them
)

round_talks = sa.Table(
    "round_talks",  # who was in which talk
    metadata,
    sa.Column("meeting", sa.String(20), sa.ForeignKey("meetings.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True, index=True),
    sa.Column("round", sa.String(20), sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),  # left it before its end
    sa.Index("ix_round_talks_round", "round", "number"),
)

"""Tables of polls and their answers."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),  # single | multiple | rating | text | cloud
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("options", Json, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # draft | open | closed | archived
    sa.Column("reveal", sa.String(6), nullable=False),  # live | closed | never
    sa.Column("tally", Json, nullable=False),  # recounted from the answers after each one
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("opened_at", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Index("ix_polls_room", "room", "state"),
)

poll_answers = sa.Table(
    "poll_answers",  # one per person and poll, by constraint
    metadata,
    sa.Column("poll", sa.String(20), sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("choices", Json, nullable=False),  # in ascending order, so that equal answers are equal
    sa.Column("text", sa.String(200), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

poll_texts = sa.Table(
    "poll_texts",  # the texts of an answer: one or, in a word cloud, one per word
    metadata,
    sa.Column("poll", sa.String(20), sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("folded", sa.String(600), primary_key=True),  # case-folded; folding may make it longer
    sa.Column("text", sa.String(200), nullable=False),
    sa.Index("ix_poll_texts_folded", "poll", "folded", "text"),  # counting them reads nothing else
)

hidden_texts = sa.Table(
    "hidden_texts",  # texts that moderators have hidden from everyone, no matter who writes them
    metadata,
    sa.Column("poll", sa.String(20), sa.ForeignKey("polls.id"), primary_key=True),
    sa.Column("folded", sa.String(600), primary_key=True),
)

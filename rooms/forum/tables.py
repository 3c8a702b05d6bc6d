"""Tables of live sessions: questions and votes."""

import sqlalchemy as sa

from rooms.core.store.database import Json, UtcDateTime, metadata

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), nullable=False),
    sa.Column("author", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),  # at the time of asking
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("original", sa.String(500)),  # the text as asked, if a moderator has edited it
    sa.Column("state", sa.String(10), nullable=False),  # pending | approved | dismissed | withdrawn | merged
    sa.Column("held", sa.Boolean, nullable=False, default=False),  # came in during a pause
    sa.Column("into", sa.String(20)),  # the question into which it was merged
    sa.Column("pinned", sa.Boolean, nullable=False, default=False),
    sa.Column("labels", Json, nullable=False),
    sa.Column("reason", sa.String(300), nullable=False, default=""),  # why it was dismissed
    sa.Column("dismissed_by", sa.String(20)),  # who wrote the reason
    sa.Column("claimed_by", sa.String(20)),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("answer", sa.String(2000)),
    sa.Column("answer_public", sa.Boolean, nullable=False, default=False),
    sa.Column("answered_by", sa.String(20)),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("archived_at", UtcDateTime),
    sa.Column("approved_at", UtcDateTime),
    sa.Column("decided_by", sa.String(20)),  # who decided last; shown to a moderator who was too late
    sa.Column("votes", sa.Integer, nullable=False, default=0),  # distinct voters of it and of everything merged into it
    sa.Column("merged", sa.Integer, nullable=False, default=0),  # questions merged into it, directly or indirectly
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Index("ix_questions_room", "room", "state"),
)

votes = sa.Table(
    "votes",  # one per person and question, by constraint; a merge leaves them where they were cast and counts the union
    metadata,
    sa.Column("question", sa.String(20), sa.ForeignKey("questions.id"), primary_key=True),
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)

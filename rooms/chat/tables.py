"""The chat of a room: its settings, its messages, and how far each person has read."""

import sqlalchemy as sa

from rooms.core.store.database import UtcDateTime, metadata

chats = sa.Table(
    "chats",  # the settings of a room's chat
    metadata,
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False, default=True),
    sa.Column("slow_seconds", sa.Integer, nullable=False, default=0),
)


messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),  # the seq of the event that posted it: the order of the chat
    sa.Column("author", sa.String(20), sa.ForeignKey("persons.id"), nullable=False),
    sa.Column("author_name", sa.String(80), nullable=False),  # at the time of the message
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("removed_by", sa.String(20)),
    sa.Column("mark", sa.String(12)),  # the author's role in the room when they wrote it, where it matters to readers
    sa.Index("ix_messages_room", "room", "number"),
)


marks = sa.Table(
    "marks",  # how far a person has read a room's chat
    metadata,
    sa.Column("person", sa.String(20), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("room", sa.String(20), sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)

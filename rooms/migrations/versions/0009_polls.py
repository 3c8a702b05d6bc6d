"""Polls of a session"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "polls",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reveal", sa.String(length=6), nullable=False),
        sa.Column("tally", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["room"], ["rooms.id"], name=op.f("fk_polls_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index("ix_polls_room", ["room", "state"], unique=False)

    op.create_table(
        "poll_answers",
        sa.Column("poll", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_poll_answers_person")),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_poll_answers_poll")),
        sa.PrimaryKeyConstraint("poll", "person", name=op.f("pk_poll_answers")),
    )
    op.create_table(
        "poll_texts",
        sa.Column("poll", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("folded", sa.String(length=600), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_poll_texts_person")),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_poll_texts_poll")),
        sa.PrimaryKeyConstraint("poll", "person", "folded", name=op.f("pk_poll_texts")),
    )
    with op.batch_alter_table("poll_texts", schema=None) as batch_op:
        batch_op.create_index("ix_poll_texts_folded", ["poll", "folded", "text"], unique=False)

    op.create_table(
        "hidden_texts",
        sa.Column("poll", sa.String(length=20), nullable=False),
        sa.Column("folded", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_hidden_texts_poll")),
        sa.PrimaryKeyConstraint("poll", "folded", name=op.f("pk_hidden_texts")),
    )
    with op.batch_alter_table("forums", schema=None) as batch_op:
        batch_op.add_column(sa.Column("screen_poll", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("forums", schema=None) as batch_op:
        batch_op.drop_column("screen_poll")
    op.drop_table("hidden_texts")
    op.drop_table("poll_texts")
    op.drop_table("poll_answers")
    op.drop_table("polls")

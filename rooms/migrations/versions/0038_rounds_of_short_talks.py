"""Rounds of short talks"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("prefers", sa.String(length=14), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("pause_seconds", sa.Integer(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_rounds_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index("ix_rounds_conference", "rounds", ["conference", "starts_at"], unique=False)
    op.create_index("ix_rounds_state", "rounds", ["state"], unique=False)
    op.create_table(
        "round_people",
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_round_people_round")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_round_people_person")),
        sa.PrimaryKeyConstraint("round", "person", name=op.f("pk_round_people")),
    )
    op.create_index("ix_round_people_person", "round_people", ["person"], unique=False)
    op.create_table(
        "round_talks",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_round_talks_meeting")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_round_talks_person")),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_round_talks_round")),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_round_talks")),
    )
    op.create_index("ix_round_talks_person", "round_talks", ["person"], unique=False)
    op.create_index("ix_round_talks_round", "round_talks", ["round", "number"], unique=False)


def downgrade() -> None:
    for table in ("round_talks", "round_people", "rounds"):
        op.drop_table(table)

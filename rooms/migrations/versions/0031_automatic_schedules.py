"""Automatic schedules of meetings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "match_runs",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("figures", JSON, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified", sa.String(length=20), nullable=True),
        _to("match_runs", "conference", "conferences"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    op.create_index("ix_match_runs_conference", "match_runs", ["conference"])
    op.create_index("ix_match_runs_state", "match_runs", ["state"])
    op.create_table(
        "planned_meetings",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("run", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spot", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("booking", sa.String(length=20), nullable=True),
        _to("planned_meetings", "run", "match_runs"),
        _to("planned_meetings", "spot", "spots"),
        _to("planned_meetings", "booking", "bookings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_meetings")),
    )
    op.create_index("ix_planned_meetings_run", "planned_meetings", ["run"])
    op.create_table(
        "planned_people",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("objection", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        _to("planned_people", "meeting", "planned_meetings"),
        _to("planned_people", "person", "persons"),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_planned_people")),
    )
    op.create_index("ix_planned_people_person", "planned_people", ["person"])
    op.create_table(
        "unplaced_wishes",
        sa.Column("run", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("other", sa.String(length=20), nullable=False),
        sa.Column("wish", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        _to("unplaced_wishes", "run", "match_runs"),
        _to("unplaced_wishes", "person", "persons"),
        _to("unplaced_wishes", "other", "persons"),
        sa.PrimaryKeyConstraint("run", "person", "other", name=op.f("pk_unplaced_wishes")),
    )
    op.create_index("ix_unplaced_wishes_other", "unplaced_wishes", ["other"])


def downgrade() -> None:
    for table in ("unplaced_wishes", "planned_people", "planned_meetings", "match_runs"):
        op.drop_table(table)

"""Shifts and breaks of a booth's staff"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booth_shifts",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("hand", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_booth_shifts_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_booth_shifts_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booth_shifts")),
    )
    op.create_index("ix_booth_shifts_booth", "booth_shifts", ["booth", "starts_at"])
    op.create_index("ix_booth_shifts_person", "booth_shifts", ["person"])
    op.create_table(
        "booth_breaks",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_booth_breaks_booth")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_booth_breaks_person")),
        sa.PrimaryKeyConstraint("booth", "person", name=op.f("pk_booth_breaks")),
    )
    op.create_index("ix_booth_breaks_person", "booth_breaks", ["person"])
    op.add_column("booth_staff", sa.Column("here", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("queue_places", sa.Column("soon_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("queue_places", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("queue_places", "late_at")
    op.drop_column("queue_places", "soon_at")
    op.drop_column("booth_staff", "here")
    op.drop_table("booth_breaks")
    op.drop_table("booth_shifts")

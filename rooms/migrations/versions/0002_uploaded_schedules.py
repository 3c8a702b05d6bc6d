"""Schedules that wait to be imported"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule_uploads",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_schedule_uploads_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_schedule_uploads_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_uploads")),
    )
    with op.batch_alter_table("schedule_uploads", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_uploads_owner", ["conference", "person"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("schedule_uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_uploads_owner")
    op.drop_table("schedule_uploads")

"""Meet-ups, which attendees propose"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meetups",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("proposer", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("booking", sa.String(length=20), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_meetups_conference")),
        sa.ForeignKeyConstraint(["proposer"], ["persons.id"], name=op.f("fk_meetups_proposer")),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_meetups_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetups")),
        sa.UniqueConstraint("booking", name=op.f("uq_meetups_booking")),
    )
    op.create_index("ix_meetups_proposer", "meetups", ["proposer"], unique=False)
    op.create_index("ix_meetups_conference", "meetups", ["conference", "state", "starts_at"], unique=False)


def downgrade() -> None:
    op.drop_table("meetups")

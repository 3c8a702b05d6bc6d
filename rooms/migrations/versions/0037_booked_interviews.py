"""Booked interviews: with whom a candidate can book one"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interview_offers",
        sa.Column("application", sa.String(length=20), nullable=False),
        sa.Column("interviewer", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application"], ["job_applications.id"], name=op.f("fk_interview_offers_application")),
        sa.ForeignKeyConstraint(["interviewer"], ["persons.id"], name=op.f("fk_interview_offers_interviewer")),
        sa.PrimaryKeyConstraint("application", name=op.f("pk_interview_offers")),
    )
    op.create_index(op.f("ix_interview_offers_interviewer"), "interview_offers", ["interviewer"], unique=False)


def downgrade() -> None:
    op.drop_table("interview_offers")

"""Counted visits, applications of exhibitors, and exhibitors that come from a file"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.add_column(sa.Column("external_id", sa.String(length=80), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_booths_conference_external_id"), ["conference", "external_id"])

    op.create_table(
        "booth_visits",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", sa.String(length=32), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_booth_visits_booth")),
        sa.PrimaryKeyConstraint("booth", "day", "visitor", name=op.f("pk_booth_visits")),
    )
    op.create_table(
        "visit_salts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_visit_salts")),
    )
    op.create_table(
        "exhibitor_applications",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("hall", sa.String(length=120), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("booth", sa.String(length=20), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_exhibitor_applications_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_exhibitor_applications_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibitor_applications")),
    )
    with op.batch_alter_table("exhibitor_applications", schema=None) as batch_op:
        batch_op.create_index("ix_exhibitor_applications_conference", ["conference", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_exhibitor_applications_person"), ["person"], unique=False)

    op.create_table(
        "exhibitor_uploads",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_exhibitor_uploads_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_exhibitor_uploads_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibitor_uploads")),
    )
    with op.batch_alter_table("exhibitor_uploads", schema=None) as batch_op:
        batch_op.create_index("ix_exhibitor_uploads_owner", ["conference", "person"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("exhibitor_uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_exhibitor_uploads_owner")
    op.drop_table("exhibitor_uploads")
    with op.batch_alter_table("exhibitor_applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exhibitor_applications_person"))
        batch_op.drop_index("ix_exhibitor_applications_conference")
    op.drop_table("exhibitor_applications")
    op.drop_table("visit_salts")
    op.drop_table("booth_visits")
    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_booths_conference_external_id"), type_="unique")
        batch_op.drop_column("external_id")

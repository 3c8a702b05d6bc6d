"""Invitations to organisations, by email address"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation_invitations",
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.id"], name=op.f("fk_organisation_invitations_organisation")
        ),
        sa.ForeignKeyConstraint(["by"], ["persons.id"], name=op.f("fk_organisation_invitations_by")),
        sa.PrimaryKeyConstraint("organisation", "email", name=op.f("pk_organisation_invitations")),
    )
    op.create_index("ix_organisation_invitations_email", "organisation_invitations", ["email"], unique=False)


def downgrade() -> None:
    op.drop_table("organisation_invitations")

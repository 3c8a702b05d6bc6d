"""Owners of imported booths are invited"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner_invites",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_owner_invites_booth")),
        sa.PrimaryKeyConstraint("booth", "email", name=op.f("pk_owner_invites")),
    )


def downgrade() -> None:
    op.drop_table("owner_invites")

"""Ids of organisations and entries in imported tables"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("organisations", "entries"):
        op.add_column(table, sa.Column("external_id", sa.String(length=80), nullable=True))


def downgrade() -> None:
    for table in ("organisations", "entries"):
        op.drop_column(table, "external_id")

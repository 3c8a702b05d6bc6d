"""Ids of jobs in imported tables"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("external_id", sa.String(length=80), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "external_id")

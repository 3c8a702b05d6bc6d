"""Notices are read: when a person has read each notification. Those from before the list existed count as read"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE notices SET read_at = at")


def downgrade() -> None:
    op.drop_column("notices", "read_at")

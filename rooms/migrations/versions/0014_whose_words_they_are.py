"""Notices say whom they name, and dismissed questions who wrote the reason"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("about", sa.String(length=20), nullable=True))
    op.add_column("questions", sa.Column("dismissed_by", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("questions", "dismissed_by")
    op.drop_column("notices", "about")

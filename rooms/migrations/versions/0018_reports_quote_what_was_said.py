"""Reports of messages and questions quote what was said"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.add_column(sa.Column("message", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("question", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("quote", sa.String(length=1000), nullable=True))


def downgrade() -> None:
    op.drop_column("reports", "quote")
    op.drop_column("reports", "question")
    op.drop_column("reports", "message")

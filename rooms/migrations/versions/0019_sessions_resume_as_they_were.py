"""Sessions resume with asking and the chat as they were before the end"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("forums") as batch_op:
        batch_op.add_column(sa.Column("before_end", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("forums") as batch_op:
        batch_op.drop_column("before_end")

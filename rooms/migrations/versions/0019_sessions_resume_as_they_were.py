"""Sessions resume with asking and the chat as they were before the end"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("forums") as batch_op:
        batch_op.add_column(sa.Column("before_end", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("forums", "before_end")

"""When brochures are taken"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_downloads",
        sa.Column("booth", sa.String(length=20), nullable=False),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booth"], ["booths.id"], name=op.f("fk_file_downloads_booth")),
        sa.PrimaryKeyConstraint("booth", "file", "quarter", name=op.f("pk_file_downloads")),
    )


def downgrade() -> None:
    op.drop_table("file_downloads")

"""The consortium board: roles that ideas seek, and requests for them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("entries", sa.Column("roles", JSON, nullable=True))
    op.add_column("interests", sa.Column("role", sa.String(length=16), server_default="", nullable=False))
    op.create_table(
        "entry_sought",
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_sought_entry")),
        sa.PrimaryKeyConstraint("entry", "role", "country", name=op.f("pk_entry_sought")),
    )
    op.create_index("ix_entry_sought_country", "entry_sought", ["country"], unique=False)


def downgrade() -> None:
    op.drop_table("entry_sought")
    op.drop_column("interests", "role")
    op.drop_column("entries", "roles")

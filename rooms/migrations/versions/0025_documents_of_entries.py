"""Documents of entries, and their readers"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry_files",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.String(length=20), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["persons.id"], name=op.f("fk_entry_files_added_by")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_files_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_files")),
    )
    op.create_index(op.f("ix_entry_files_entry"), "entry_files", ["entry"], unique=False)
    op.create_table(
        "entry_readers",
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=20), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_entry_readers_answered_by")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_readers_entry")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_entry_readers_person")),
        sa.PrimaryKeyConstraint("entry", "person", name=op.f("pk_entry_readers")),
    )
    op.create_index("ix_entry_readers_person", "entry_readers", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("entry_readers")
    op.drop_table("entry_files")

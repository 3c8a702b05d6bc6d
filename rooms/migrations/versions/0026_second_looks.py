"""Second looks at entries by peer reviewers"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer_reviews",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=20), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advice", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("for_author", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_peer_reviews_asked_by")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_peer_reviews_entry")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_peer_reviews_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_reviews")),
        sa.UniqueConstraint("entry", "person", name=op.f("uq_peer_reviews_entry_person")),
    )
    op.create_index(op.f("ix_peer_reviews_person"), "peer_reviews", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("peer_reviews")

"""People are notified of sessions that move, and organisers of sessions that nobody starts"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("forums") as batch_op:
        batch_op.add_column(sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "pending_news",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("session", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_pending_news_person")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_pending_news_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_news")),
    )
    with op.batch_alter_table("pending_news") as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_news_person"), ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("pending_news")
    op.drop_column("forums", "alarmed_at")

"""Contacts: people's cards, and what they give each other"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("offers", sa.String(length=600), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("usual", JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_cards_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_cards")),
    )
    op.create_table(
        "connections",
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("other", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_connections_person")),
        sa.ForeignKeyConstraint(["other"], ["persons.id"], name=op.f("fk_connections_other")),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_connections_conference")),
        sa.PrimaryKeyConstraint("person", "other", name=op.f("pk_connections")),
    )
    op.create_index("ix_connections_other", "connections", ["other"], unique=False)


def downgrade() -> None:
    op.drop_table("connections")
    op.drop_table("cards")

"""Project cooperation: types, entries, comments, interests and saved searches"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from rooms.core.store.full_text import create_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "entry_types",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_entry_types_conference")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_types")),
    )
    with op.batch_alter_table("entry_types", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_types_conference"), ["conference"], unique=False)

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_saved_searches_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_saved_searches_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_conference"), ["conference"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_searches_person"), ["person"], unique=False)

    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("author", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("draft", JSON, nullable=True),
        sa.Column("review", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author"], ["persons.id"], name=op.f("fk_entries_author")),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f("fk_entries_conference")),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=op.f("fk_entries_organisation")),
        sa.ForeignKeyConstraint(["type"], ["entry_types.id"], name=op.f("fk_entries_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index("ix_entries_conference_state", ["conference", "state", "published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_type"), ["type"], unique=False)

    op.create_table(
        "entry_comments",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_comments_entry")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_entry_comments_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_comments")),
    )
    with op.batch_alter_table("entry_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_comments_entry"), ["entry"], unique=False)

    op.create_table(
        "entry_facets",
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_entry_facets_entry")),
        sa.PrimaryKeyConstraint("entry", "key", name=op.f("pk_entry_facets")),
    )
    with op.batch_alter_table("entry_facets", schema=None) as batch_op:
        batch_op.create_index("ix_entry_facets_key_value", ["key", "value"], unique=False)

    op.create_table(
        "interests",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=20), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("answered_by", sa.String(length=20), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_interests_answered_by")),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"], name=op.f("fk_interests_entry")),
        sa.ForeignKeyConstraint(["organisation"], ["organisations.id"], name=op.f("fk_interests_organisation")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_interests_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("entry", "person", name=op.f("uq_interests_entry_person")),
    )
    with op.batch_alter_table("interests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interests_person"), ["person"], unique=False)
    create_index(op.get_bind(), "entry_terms")


def downgrade() -> None:
    for table in (
        "entry_terms",
        "interests",
        "saved_searches",
        "entry_comments",
        "entry_facets",
        "entries",
        "entry_types",
    ):
        op.drop_table(table)

"""Matchmaking: settings, profiles and wishes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "match_settings",
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        _to("match_settings", "conference", "conferences"),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_match_settings")),
    )
    op.create_table(
        "match_profiles",
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("home", sa.String(length=2), nullable=False),
        sa.Column("offers", JSON, nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _to("match_profiles", "conference", "conferences"),
        _to("match_profiles", "person", "persons"),
        sa.PrimaryKeyConstraint("conference", "person", name=op.f("pk_match_profiles")),
    )
    op.create_index("ix_match_profiles_person", "match_profiles", ["person"])
    op.create_table(
        "match_keys",
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        _to("match_keys", "conference", "conferences"),
        _to("match_keys", "person", "persons"),
        sa.PrimaryKeyConstraint("conference", "person", "kind", "value", name=op.f("pk_match_keys")),
    )
    op.create_index("ix_match_keys_value", "match_keys", ["conference", "kind", "value", "person"])
    op.create_table(
        "wishes",
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("other", sa.String(length=20), nullable=False),
        sa.Column("wish", sa.String(length=10), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _to("wishes", "conference", "conferences"),
        _to("wishes", "person", "persons"),
        _to("wishes", "other", "persons"),
        sa.PrimaryKeyConstraint("conference", "person", "other", name=op.f("pk_wishes")),
    )
    op.create_index("ix_wishes_other", "wishes", ["other", "conference"])


def downgrade() -> None:
    for table in ("wishes", "match_keys", "match_profiles", "match_settings"):
        op.drop_table(table)

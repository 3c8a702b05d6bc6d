"""Calls, what people report of each other, and whom they have blocked"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.add_column(sa.Column("relay_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("conferences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("call_limit", sa.Integer(), nullable=False, server_default="4"))
        batch_op.add_column(sa.Column("relay_only", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("talk_minutes", sa.Integer(), nullable=False, server_default="10"))

    op.create_table(
        "calls",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("relay_only", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_calls_meeting")),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_calls")),
    )

    op.create_table(
        "call_peers",
        sa.Column("peer", sa.String(length=20), nullable=False),
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=20), nullable=False),
        sa.Column("relay_only", sa.Boolean(), nullable=False),
        sa.Column("mic", sa.Boolean(), nullable=False),
        sa.Column("cam", sa.Boolean(), nullable=False),
        sa.Column("screen", sa.Boolean(), nullable=False),
        sa.Column("hand", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_call_peers_meeting")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_call_peers_person")),
        sa.PrimaryKeyConstraint("peer", name=op.f("pk_call_peers")),
        sa.UniqueConstraint("person", name=op.f("uq_call_peers_person")),
    )
    with op.batch_alter_table("call_peers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_peers_meeting"), ["meeting"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_peers_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "call_outcomes",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_call_outcomes_meeting")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_call_outcomes_person")),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_call_outcomes")),
    )

    op.create_table(
        "blocks",
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("blocked", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["blocked"], ["persons.id"], name=op.f("fk_blocks_blocked")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_blocks_person")),
        sa.PrimaryKeyConstraint("person", "blocked", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_blocked"), ["blocked"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("room", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["persons.id"], name=op.f("fk_reports_by")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_reports_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_conference"), ["conference", "done_at", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_table("blocks")
    op.drop_table("call_outcomes")
    op.drop_table("call_peers")
    op.drop_table("calls")
    with op.batch_alter_table("conferences", schema=None) as batch_op:
        batch_op.drop_column("talk_minutes")
        batch_op.drop_column("relay_only")
        batch_op.drop_column("call_limit")
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_column("relay_only")

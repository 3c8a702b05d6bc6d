"""Who waits for a place in a call that is full"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_waits",
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_call_waits_meeting")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_call_waits_person")),
        sa.PrimaryKeyConstraint("meeting", "person", name=op.f("pk_call_waits")),
    )
    with op.batch_alter_table("call_waits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_waits_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("call_waits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_waits_seen_at"))
    op.drop_table("call_waits")

"""Messages show the role of their author, and guests who were removed are known again"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("mark", sa.String(length=12), nullable=True))
    op.create_table(
        "guest_marks",
        sa.Column("person", sa.String(length=20), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_guest_marks_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_guest_marks")),
    )
    op.create_table(
        "guest_restraints",
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("session", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("browser", "conference", "session", "kind", name=op.f("pk_guest_restraints")),
    )
    with op.batch_alter_table("guest_restraints") as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_restraints_network"), ["network"], unique=False)


def downgrade() -> None:
    op.drop_table("guest_restraints")
    op.drop_table("guest_marks")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_column("mark")

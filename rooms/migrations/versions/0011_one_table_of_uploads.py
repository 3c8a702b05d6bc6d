"""One table for all files that wait to be imported"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = {"schedule_uploads": "schedule", "exhibitor_uploads": "exhibitors"}
COLUMNS = "id, conference, person, name, data, at"


def upgrade() -> None:
    _create("uploads", sa.Column("kind", sa.String(length=20), nullable=False))
    for table, kind in KINDS.items():
        op.execute(f"INSERT INTO uploads ({COLUMNS}, kind) SELECT {COLUMNS}, '{kind}' FROM {table}")
        _drop(table)


def downgrade() -> None:
    for table, kind in KINDS.items():
        _create(table)
        op.execute(f"INSERT INTO {table} ({COLUMNS}) SELECT {COLUMNS} FROM uploads WHERE kind = '{kind}'")
    _drop("uploads")


def _create(table: str, *further: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("conference", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=20), nullable=False),
        *further,
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"], name=op.f(f"fk_{table}_conference")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f(f"fk_{table}_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(f"ix_{table}_owner", ["conference", "person"], unique=False)


def _drop(table: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_index(f"ix_{table}_owner")
    op.drop_table(table)

"""People are found by their folded names"""

import sqlalchemy as sa
from alembic import op

from rooms.core.search import fold

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("searched", sa.Text, nullable=True))
    connection = op.get_bind()
    update = sa.text("UPDATE persons SET searched = :searched WHERE id = :id")
    found = connection.execute(sa.text("SELECT id, name FROM persons WHERE erased_at IS NULL")).all()
    if found:
        connection.execute(update, [{"searched": fold(name), "id": id} for id, name in found])


def downgrade() -> None:
    op.drop_column("persons", "searched")

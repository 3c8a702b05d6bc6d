"""Searched texts are folded as searches are"""

import sqlalchemy as sa
from alembic import op

from rooms.core.search import fold

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for table in ("booths", "leads"):
        update = sa.text(f"UPDATE {table} SET searched = :searched WHERE id = :id")
        for id, searched in connection.execute(sa.text(f"SELECT id, searched FROM {table}")).all():
            if (folded := fold(searched)) != searched:
                connection.execute(update, {"searched": folded, "id": id})


def downgrade() -> None:
    """Folded texts are searched by an older version too."""

"""Leads are searched by the database"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LEADS = (
    "SELECT l.id, COALESCE(NULLIF(l.name, ''), p.name), l.organisation, l.email, l.tags "
    "FROM leads l JOIN persons p ON p.id = l.person"
)


def upgrade() -> None:
    op.add_column("leads", sa.Column("searched", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    notes: dict[str, list[str]] = {}
    for lead, text in connection.execute(sa.text("SELECT lead, text FROM lead_notes ORDER BY at, id")):
        notes.setdefault(lead, []).append(text)
    for id, name, organisation, email, tags in connection.execute(sa.text(LEADS)).all():
        told: Any = json.loads(tags) if isinstance(tags, str) else tags
        searched = "\n".join([name, organisation, email or "", *told, *notes.get(id, [])]).casefold()
        update = sa.text("UPDATE leads SET searched = :searched WHERE id = :id")
        connection.execute(update, {"searched": searched, "id": id})


def downgrade() -> None:
    op.drop_column("leads", "searched")  # in place: notes refer to the table

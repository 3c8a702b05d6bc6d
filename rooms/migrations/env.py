"""Alembic's environment: runs on the connection that rooms.migrations hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import rooms.exhibition.lead_tables
import rooms.exhibition.record_tables
import rooms.exhibition.tables
import rooms.files.tables
import rooms.forum.poll_tables
import rooms.forum.tables
import rooms.journal
import rooms.people.tables
import rooms.programme.tables
from rooms.database import UtcDateTime, metadata

DECLARED = (
    rooms.exhibition.lead_tables,
    rooms.exhibition.record_tables,
    rooms.exhibition.tables,
    rooms.files.tables,
    rooms.forum.poll_tables,
    rooms.forum.tables,
    rooms.journal,
    rooms.people.tables,
    rooms.programme.tables,
)
"""Imported so that `metadata` knows their tables."""


def render(kind: str, item: Any, within: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types, so that they still read the same when the code has moved on."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

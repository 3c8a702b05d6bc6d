"""Alembic's environment: runs on the connection that rooms.migrations hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import rooms.slices
from rooms.core.store.database import UtcDateTime, metadata

DECLARED = rooms.slices.SLICES
"""Importing the slices declares every table."""


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

"""Alembic's environment: runs on the connection that rooms.migrations hands over."""

from alembic import context

import rooms.forum.tables
import rooms.journal
import rooms.people.tables
import rooms.programme.tables  # noqa: F401
from rooms.database import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()

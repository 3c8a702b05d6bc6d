"""Alembic's migrations, run by `plenary migrate`."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from rooms.core.errors import Problem
from rooms.core.store import full_text
from rooms.core.store.database import Database, metadata
from rooms.core.text import N_

LONGEST = 3600.0  # seconds: tables may be big
NO_TABLES = N_("No database found. Run “plenary migrate” first, or set PLENARY_DATA or PLENARY_DATABASE.")
OLD_TABLES = N_("This database belongs to an older version of Plenary. Run “plenary migrate” first.")
NEW_TABLES = N_("This database belongs to a newer version of Plenary. Start that one.")


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


async def upgrade(database: Database) -> None:
    """Brings the tables to the newest form; does nothing when they have it. Raises Problem "version" for those of a newer version."""
    async with database.write(patience=LONGEST) as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    settings = config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if set(MigrationContext.configure(connection).get_current_heads()) - known:
        raise Problem("version", NEW_TABLES)
    command.upgrade(settings, "head")


async def require_current(database: Database) -> None:
    """Raises Problem "version" for a database that `upgrade` would have to change first, or that belongs to a newer version."""
    if database.is_absent:
        raise Problem("version", NO_TABLES)
    async with database.read() as connection:
        await connection.run_sync(_require_current)


def _require_current(connection: Connection) -> None:
    scripts = ScriptDirectory.from_config(config(connection))
    present = set(MigrationContext.configure(connection).get_current_heads())
    if not present:
        raise Problem("version", NO_TABLES)
    if present != set(scripts.get_heads()):
        known = {script.revision for script in scripts.walk_revisions()}
        raise Problem("version", OLD_TABLES if present <= known else NEW_TABLES)


async def differences(database: Database) -> list[object]:
    """Where the database differs from the tables in the code; empty when it is up to date."""
    options = {"include_name": _is_declared}
    async with database.write(patience=LONGEST) as connection:
        return await connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync, opts=options), metadata))
        )


def _is_declared(name: str | None, kind: str, parents: object) -> bool:
    """Whether SQLAlchemy can declare it: full-text indexes are created by statements of each database."""
    return kind != "table" or not (name or "").startswith(full_text.names(metadata))

"""Alembic's migrations, run by `plenary migrate`."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from rooms.core.errors import Problem
from rooms.core.store.database import Database, metadata
from rooms.core.text import N_

LONGEST = 3600.0  # seconds: tables may be big


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
        raise Problem("version", N_("This database belongs to a newer version of Plenary. Start that one."))
    command.upgrade(settings, "head")


async def differences(database: Database) -> list[object]:
    """Where the database differs from the tables in the code; empty when it is up to date."""
    async with database.write(patience=LONGEST) as connection:
        return await connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync), metadata))
        )

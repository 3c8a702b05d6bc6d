"""Tables of no meaning, to ask something of a database."""

import sqlalchemy as sa

from rooms.core.store.database import Database, Json, UtcDateTime

tables = sa.MetaData()
things = sa.Table(
    "things",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), unique=True),
    sa.Column("count", sa.Integer, nullable=False, default=0),
    sa.Column("at", UtcDateTime),
    sa.Column("data", Json),
)
parts = sa.Table(
    "parts",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("thing", sa.Integer, sa.ForeignKey("things.id"), nullable=False),
)


async def names(database: Database) -> list[str]:
    async with database.read() as connection:
        return sorted((await connection.execute(sa.select(things.c.name))).scalars())


async def add(database: Database, name: str, **values: object) -> None:
    async with database.write() as connection:
        await connection.execute(things.insert().values(name=name, **values))

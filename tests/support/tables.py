"""Tables for imports: as CSV and XLSX, and what is exported."""

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from rooms.core.imports.plan import TablePlan
from rooms.core.imports.table_import import TableImport
from rooms.core.table_export import FORMATS
from rooms.programme.queries import conference
from tests.support.world import World


def as_csv(*rows: Sequence[str]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def as_xlsx(*rows: Sequence[str]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def planned(world: World, table: TableImport[Any], data: bytes) -> TablePlan:
    rows, _ = await table.read(data)
    async with world.engine.database.read() as connection:
        here = await conference(connection, "forum")
    return await table.plan(world.engine, here, rows)


async def imported(world: World, table: TableImport[Any], data: bytes) -> TablePlan:
    rows, _ = await table.read(data)
    async with world.engine.database.read() as connection:
        here = await conference(connection, "forum")
    return await table.apply(world.engine, here, rows, by=world.people["organiser"])


Header = Callable[[Any, str], Awaitable[Sequence[str]]] | Sequence[str]


async def exported(world: World, header: Header, rows: Callable[[Any, str], Any], format: str = "csv") -> bytes:
    async with world.engine.database.read() as connection:
        names = await header(connection, world.conference) if callable(header) else header
        pieces, _ = FORMATS[format]
        return b"".join([piece async for piece in pieces(names, rows(connection, world.conference))])


def cells(data: bytes) -> list[list[str]]:
    """The rows of an exported file."""
    if data.startswith(b"PK"):
        sheet: Any = load_workbook(io.BytesIO(data)).active
        return [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))

"""Writes a table row by row, as CSV or XLSX, so that a large one is never in memory. No cell can begin a formula (csv_export.cell)."""

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

from rooms.core.csv_export import cell

BATCH = 500
PIECE = 256 * 1024
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 cannot hold."""

Rows = AsyncIterator[Sequence[object]]


async def csv_pieces(header: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    yield "\ufeff".encode()
    batch: list[Sequence[object]] = [header]
    async for row in rows:
        batch.append(row)
        if len(batch) >= BATCH:
            yield _lines(batch)
            batch = []
    if batch:
        yield _lines(batch)


def _lines(rows: list[Sequence[object]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([cell(value) for value in row] for row in rows)
    return file.getvalue().encode()


async def xlsx_pieces(header: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """A workbook can only be sent once it is complete, so it is written to a temporary file first."""
    from openpyxl import Workbook

    with tempfile.TemporaryDirectory() as folder:
        book = Workbook(write_only=True)
        sheet: Any = book.create_sheet()
        batch: list[Sequence[object]] = [header]
        async for row in rows:
            batch.append(row)
            if len(batch) >= BATCH:
                await asyncio.to_thread(_append, sheet, batch)
                batch = []
        await asyncio.to_thread(_append, sheet, batch)
        path = Path(folder, "table.xlsx")
        await asyncio.to_thread(book.save, path)
        with await asyncio.to_thread(path.open, "rb") as file:
            while data := await asyncio.to_thread(file.read, PIECE):
                yield data


def _append(sheet: Any, rows: list[Sequence[object]]) -> None:
    from openpyxl.cell import WriteOnlyCell

    for row in rows:
        cells: list[object] = []
        for value in row:
            each = cast(Any, WriteOnlyCell(sheet, value=_UNSTORABLE.sub("", cell(value))))
            each.data_type = "s"  # a text, whatever it looks like
            cells.append(each)
        sheet.append(cells)


FORMATS = {
    "csv": (csv_pieces, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_pieces, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}

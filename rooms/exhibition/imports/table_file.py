"""The table in a file, CSV or XLSX, as rows of texts. What a stranger could do with such a file is bounded here."""

import asyncio
import csv
import io
from pathlib import Path
from typing import NoReturn

import msgspec

from rooms.core.errors import Problem
from rooms.core.sandbox import run_sandboxed
from rooms.core.text import N_

SCRIPT = Path(__file__).with_name("xlsx_reader.py")

MOST_BYTES = 5 * 1024 * 1024
UNFOLDED = 64 * 1024 * 1024
"""Bytes to which all parts of a workbook may unfold together."""
MOST_ROWS = 3000
MOST_COLUMNS = 60
MOST_LETTERS = 10_000  # in one cell

Rows = list[list[str]]


class _Answer(msgspec.Struct):
    rows: Rows | None = None
    refused: str = "broken"


async def read_rows(data: bytes) -> Rows:
    """All rows, the header too. Raises Problem "invalid" or "too_large"."""
    if len(data) > MOST_BYTES:
        _too_large()
    rows = await _workbook(data) if data.startswith(b"PK\x03\x04") else await asyncio.to_thread(_csv, data)
    if any(len(cell) > MOST_LETTERS for row in rows for cell in row):
        text = N_("A cell holds more than %(most)s letters.")
        raise Problem("invalid", text, field="file", values={"most": MOST_LETTERS})
    return rows


async def _workbook(data: bytes) -> Rows:
    told = await run_sandboxed(SCRIPT, *map(str, (MOST_ROWS + 1, MOST_COLUMNS, UNFOLDED)), given=data)
    answer = _Answer(refused="large") if told is None else msgspec.json.decode(told, type=_Answer)
    if answer.rows is not None:
        return answer.rows
    if answer.refused == "large":
        _too_large()
    raise Problem("invalid", N_("This workbook cannot be read. Save it anew as XLSX or CSV."), field="file")


def _csv(data: bytes) -> Rows:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("invalid", N_("The file is not text in UTF-8. Save it as “CSV UTF-8”."), field="file") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows: Rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                _too_large()
            rows.append(row)
    except csv.Error:
        message = N_("The table is malformed after row %(row)s: look for a quotation mark that is not closed.")
        raise Problem("invalid", message, field="file", values={"row": len(rows)}) from None
    return rows


def _too_large() -> NoReturn:
    message = N_("The file is too large: at most %(rows)s rows and %(columns)s columns fit.")
    raise Problem("too_large", message, field="file", values={"rows": MOST_ROWS, "columns": MOST_COLUMNS})

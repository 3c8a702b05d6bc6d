"""Reads the table in a file, CSV or XLSX, as rows of texts, within bounds on what a hostile file could do."""

import asyncio
import csv
import io
import re
from pathlib import Path
from typing import NamedTuple, NoReturn

import msgspec
from charset_normalizer import from_bytes

from rooms.core.errors import Problem
from rooms.core.files.faults import Fault
from rooms.core.imports.columns import Columns, Rows
from rooms.core.sandbox import run_sandboxed
from rooms.core.text import N_

SCRIPT = Path(__file__).with_name("xlsx_reader.py")

MOST_BYTES = 5 * 1024 * 1024
UNFOLDED = 64 * 1024 * 1024
"""Maximum size in bytes of all unpacked parts of a workbook together."""
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 10_000  # in one cell

READS = N_("Plenary reads tables as XLSX, or as CSV with commas, semicolons or tabs.")
_ENCODINGS = ["gb18030", "cp1252", "cp1251", "shift_jis", "big5", "euc_kr", "cp1250"]
_SIGNATURES = {
    b"\xd0\xcf\x11\xe0": N_("This is an old Excel workbook (XLS)."),
    b"%PDF-": N_("This is a PDF file."),
    b"\x89PNG": N_("This is a picture."),
    b"\xff\xd8\xff": N_("This is a picture."),
    b"\x1f\x8b": N_("This is a compressed file."),
    b"BEGIN:VCARD": N_("This is a file of contacts (vCard)."),
    b"<": N_("This is an HTML or XML file."),
    b"{": N_("This is a JSON file."),
}
SAMPLE = 50_000  # bytes used to detect the encoding


class Table(NamedTuple):
    """Rows with their numbers, as a spreadsheet counts them. `links` are addresses behind cells, `odd` says which cells hold a date or a
    boolean; both by "row:column"."""

    rows: Rows
    links: dict[str, str]
    odd: dict[str, str]
    warnings: list[Fault]


class _ReaderReply(msgspec.Struct):
    rows: Rows | None = None
    links: dict[str, str] = {}
    odd: dict[str, str] = {}
    refused: str = "broken"


async def read_table(data: bytes, columns: Columns) -> Table:
    """All rows that are not blank, the header too. Raises Problem "invalid" or "too_large"."""
    if len(data) > MOST_BYTES:
        _too_large()
    for signature, named in _SIGNATURES.items():
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(signature):
            raise columns.faults([Fault("", named, READS)])
    table = await _workbook(data) if data.startswith(b"PK\x03\x04") else await asyncio.to_thread(_csv, data, columns)
    if any(len(cell) > MOST_CHARACTERS for _, row in table.rows for cell in row):
        text = N_("A cell holds more than %(most)s characters.")
        raise Problem("invalid", text, field="file", values={"most": MOST_CHARACTERS})
    return table


async def _workbook(data: bytes) -> Table:
    printed = await run_sandboxed(SCRIPT, *map(str, (MOST_ROWS + 1, MOST_COLUMNS, UNFOLDED)), data=data)
    answer = _ReaderReply(refused="large") if printed is None else msgspec.json.decode(printed, type=_ReaderReply)
    if answer.rows is not None:
        return Table(answer.rows, answer.links, answer.odd, [])
    if answer.refused == "large":
        _too_large()
    raise Problem("invalid", N_("This workbook cannot be read. Save it again as XLSX or CSV."), field="file")


def _csv(data: bytes, columns: Columns) -> Table:
    text, warnings = _decoded(data)
    declared = re.match(r"sep=(.)(\r\n|\n|\r)", text)  # a line that Excel writes and reads
    delimiter = declared[1] if declared else _delimiter(text, columns)
    rows: Rows = []
    body = io.StringIO(text[declared.end() :] if declared else text, newline="")
    reader = csv.reader(body, delimiter=delimiter, strict=True)
    number = 1 if declared else 0
    try:
        for row in reader:
            number += 1
            if not any(cell.strip() for cell in row):
                continue
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                _too_large()
            rows.append((number, row))
    except csv.Error:
        message = N_("The table is malformed after row %(row)s. Look for a quotation mark that is not closed.")
        raise Problem("invalid", message, field="file", values={"row": number}) from None
    return Table(rows, {}, {}, warnings)


def _delimiter(text: str, columns: Columns) -> str:
    """The separator that yields the most known headers in the first lines, otherwise the most frequent one."""
    lines = text[:20_000].splitlines()[:20]

    def fit(delimiter: str) -> tuple[int, int]:
        known = max((columns.known_headers(line.split(delimiter)) for line in lines), default=0)
        return known, sum(line.count(delimiter) for line in lines)

    return max(",;\t", key=fit)


def _decoded(data: bytes) -> tuple[str, list[Fault]]:
    """Decodes a file as Unicode, otherwise in the detected encoding, with a warning."""
    wide = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""
    if not wide and b"\0" in data[:1000]:
        wide = "utf-16-le" if data[:1000:2].count(0) < data[1:1000:2].count(0) else "utf-16-be"
    try:
        text = data.decode(wide or "utf-8-sig")
        if "\0" in text:
            _no_text()
        return text, []
    except UnicodeDecodeError:
        if wide:
            _no_text()
    lines = [line for line in data.splitlines() if not line.isascii()]
    for match in from_bytes(b"\n".join(lines)[:SAMPLE], cp_isolation=_ENCODINGS):
        try:
            text = data.decode(match.encoding)
        except UnicodeDecodeError:
            continue
        sample = next((word for word in re.split(r"[\s,;\"]+", text) if not word.isascii()), "")
        what = N_("The file is not in UTF-8. It was read as %(encoding)s.")
        check = N_("Check that words such as “%(sample)s” are right; if not, save it as “CSV UTF-8”.")
        return text, [Fault("", what, check, {"encoding": match.encoding, "sample": sample[:40]})]
    _no_text()


def _no_text() -> NoReturn:
    raise Problem("invalid", N_("The encoding of this file is not known. Save it as “CSV UTF-8”."), field="file")


def _too_large() -> NoReturn:
    message = N_("The file is too large: at most %(rows)s rows and %(columns)s columns fit.")
    raise Problem("too_large", message, field="file", values={"rows": MOST_ROWS, "columns": MOST_COLUMNS})

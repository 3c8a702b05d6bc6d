"""Reads one untrusted workbook (XLSX) in a process of its own: python -I xlsx_reader.py ROWS COLUMNS UNFOLDED < book > rows.

Started as a script by table_file.py, so nothing of Plenary is loaded beside the file. Limits its own memory and time first.
Prints JSON: {"rows": [["…"], …]} of the first sheet, or {"refused": "large" | "broken"}.
"""

import contextlib
import io
import json
import resource
import sys
import warnings
import zipfile
from datetime import date, datetime

MEMORY = 1 << 30  # bytes
SECONDS = 20  # of the processor
MOST_PARTS = 500
MOST_LETTERS = 5_000_000  # in all cells together


def main(rows: int, columns: int, unfolded: int) -> dict[str, object]:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # a system may know a limit and not let it be set
            resource.setrlimit(what, (most, most))
    data = sys.stdin.buffer.read()
    try:
        # No part gives more than its entry here declares: zipfile stops reading there.
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > unfolded:
            return {"refused": "large"}
        return read(data, rows, columns)
    except MemoryError:
        return {"refused": "large"}
    except Exception:  # whatever a broken book makes of its reader
        return {"refused": "broken"}


def read(data: bytes, rows: int, columns: int) -> dict[str, object]:
    from openpyxl import load_workbook

    warnings.simplefilter("ignore")
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # What the sheet says of its size is not believed.
    sheet.reset_dimensions()  # type: ignore[union-attr]
    found: list[list[str]] = []
    letters = 0
    for row in sheet.iter_rows(max_row=rows + 1, max_col=columns + 1, values_only=True):
        found.append([text(value) for value in row])
        # One long text may stand in a hundred thousand cells, though the book holds it once.
        letters += sum(map(len, found[-1]))
        if letters > MOST_LETTERS:
            return {"refused": "large"}
    if len(found) > rows or any(any(row[columns:]) for row in found):
        return {"refused": "large"}
    return {"rows": found}


def text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:4]))))

"""Reads one untrusted workbook (XLSX) in a separate process: python -I xlsx_reader.py ROWS COLUMNS UNFOLDED < book > rows.

Started as a script by table_file.py, so nothing of Plenary is loaded beside the file. Limits its own memory and time first.
Prints JSON: {"rows": [[number, ["…"]], …], "links": {"5:2": "https://…"}, "odd": {"5:1": "date"}} of the first visible sheet that is
not empty, or {"refused": "large" | "broken"}. Places are row and column, counted from 1 and 0.
"""

import contextlib
import io
import json
import re
import resource
import sys
import warnings
import zipfile
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import unescape

MEMORY = 1 << 30  # bytes
SECONDS = 20  # of CPU time
MOST_PARTS = 500
MOST_CHARACTERS = 5_000_000  # in all cells together
LAST_ROW = 100_000  # nothing is accepted below, though blank rows may follow

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_LINKED = re.compile(rb"<(?:\w+:)?hyperlink\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


class TooLarge(Exception):
    pass


def main(rows: int, columns: int, unfolded: int) -> dict[str, object]:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # a system may define a limit but refuse to set it
            resource.setrlimit(what, (most, most))
    data = sys.stdin.buffer.read()
    try:
        # No part unfolds to more than its entry declares: zipfile stops reading there.
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > unfolded:
            return {"refused": "large"}
        return read(data, rows, columns)
    except (MemoryError, TooLarge):
        return {"refused": "large"}
    except Exception:  # the library can raise anything on a broken workbook
        return {"refused": "broken"}


def read(data: bytes, rows: int, columns: int) -> dict[str, object]:
    from openpyxl import load_workbook

    warnings.simplefilter("ignore")
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if getattr(sheet, "sheet_state", "visible") == "visible"]
    for sheet in visible or book.worksheets:
        found, odd = cells(sheet, rows, columns)
        if found:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                path = str(getattr(sheet, "_worksheet_path"))  # noqa: B009 - not public; openpyxl skips these parts when reading
                merge(archive.read(path), found)
                return {"rows": list(found.items()), "links": links(archive, path), "odd": odd}
    return {"rows": [], "links": {}, "odd": {}}


def cells(sheet: Any, rows: int, columns: int) -> tuple[dict[int, list[str]], dict[str, str]]:
    """The non-blank rows, by number, and the places of cells that are neither text nor number."""
    # The size that the sheet declares is not trusted.
    sheet.reset_dimensions()
    found: dict[int, list[str]] = {}
    odd: dict[str, str] = {}
    characters = 0
    for number, row in enumerate(sheet.iter_rows(max_col=columns + 1, values_only=True), start=1):
        texts = [text(value) for value in row]
        if not any(texts):
            continue
        # One long text, stored once in the workbook, may fill a hundred thousand cells.
        characters += sum(map(len, texts))
        if len(found) == rows or number > LAST_ROW or characters > MOST_CHARACTERS or any(texts[columns:]):
            raise TooLarge
        found[number] = texts
        for at, value in enumerate(row):
            if isinstance(value, bool | date | time):
                odd[f"{number}:{at}"] = "boolean" if isinstance(value, bool) else "date"
    return found, odd


def text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()


def merge(sheet: bytes, found: dict[int, list[str]]) -> None:
    """Repeats the text of a merged cell in every row and column that it spans."""
    budget = MOST_CHARACTERS
    for match in _MERGED.finditer(sheet):
        left, right = column(match[1]), column(match[3])
        top, bottom = int(match[2]), int(match[4])
        first = found.get(top, [])
        value = first[left] if left < len(first) else ""
        for number in range(top, min(bottom, LAST_ROW) + 1) if value else ():
            row = found.get(number)
            for at in range(left, min(right + 1, len(row))) if row is not None else ():
                if row is not None and not row[at]:
                    budget -= len(value)
                    if budget < 0:
                        raise TooLarge
                    row[at] = value


def column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def links(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    """The hyperlinks of cells, by place."""
    folder, _, name = path.rpartition("/")
    try:
        relations = archive.read(f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    attributes = [dict(_ATTRIBUTE.findall(match[1])) for match in _RELATION.finditer(relations)]
    targets = {each.get(b"Id", b""): each.get(b"Target", b"") for each in attributes}
    found: dict[str, str] = {}
    for match in _LINKED.finditer(archive.read(path)):
        about = dict(_ATTRIBUTE.findall(match[1]))
        place = re.match(rb"([A-Z]{1,3})(\d{1,7})", about.get(b"ref", b""))
        target = targets.get(next((value for key, value in about.items() if key.endswith(b":id")), b""), b"")
        if place and target.startswith((b"http://", b"https://")):
            found[f"{int(place[2])}:{column(place[1])}"] = unescape(target.decode(), {"&quot;": '"'})
    return found


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:4]))))

"""Writes tables as CSV for spreadsheets: RFC 4180 in UTF-8 (NFC) with a byte order mark. No cell can begin a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a formula begins; spreadsheets set to East Asian languages take the wide signs for the narrow ones."""
_BLANK = " \u00a0\u3000"
_SIGNS = r"=+\-@＝＋－＠"
_BEHIND_SEPARATOR = re.compile(rf"([;|\t\r\n][{_BLANK}\"]*)('*[{_SIGNS}])")
_GUARDED = re.compile(rf"([;|\t\r\n][{_BLANK}\"]*)'('*[{_SIGNS}])")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff".encode() + file.getvalue().encode()


def cell(value: object) -> str:
    """A value as a spreadsheet may have it: moments in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    text = unicodedata.normalize("NFC", str(value))
    # A spreadsheet would run what looks like a formula, and anybody can write a text that does; some ignore blanks before it. One that splits
    # cells at another separator, in spite of the quotes, would find a formula behind it.
    text = _BEHIND_SEPARATOR.sub(r"\1'\2", text)
    return f"'{text}" if text.lstrip(f"{_BLANK}'").startswith(FORMULA) else text


def without_guard(text: str) -> str:
    """The text that `cell` has made safe: what was exported is imported as it was."""
    if text.startswith("'") and text.lstrip(f"{_BLANK}'").startswith(FORMULA):
        text = text[1:]
    return _GUARDED.sub(r"\1\2", text)

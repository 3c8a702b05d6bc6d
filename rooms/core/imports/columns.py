"""The columns of a table, recognised by common headers in several languages."""

import re
from collections.abc import Collection, Mapping, Sequence

from rooms.core.files.faults import Fault, FaultReport, FileFaults
from rooms.core.search import fold
from rooms.core.text import N_

HEADER_WITHIN = 20
"""The header is searched in this many rows, because a title may be above it."""
OTHER = "+"
"""Before the header of a column that is not known, where such columns are kept."""

Rows = list[tuple[int, list[str]]]
"""Rows with their numbers, as a spreadsheet counts them."""


class Columns:
    """The columns of one kind of table: `headers` are the names of each, with commas between them.

    Columns in `translated` may occur once for each language, as "name:zh_Hans". A table without the column `required` is refused. `faults` is the
    refusal of a whole file. With `keeps_others`, unknown columns are kept under their header.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        *,
        required: str,
        faults: type[FileFaults],
        translated: Collection[str] = (),
        keeps_others: bool = False,
    ) -> None:
        self.names = tuple(headers)
        self.required = required
        self.faults = faults
        self.keeps_others = keeps_others
        self._known = {_key(header): column for column, names in headers.items() for header in names.split(",")}
        self._translation = re.compile(rf"({'|'.join(translated)})[ _:.-]([a-z]{{2,3}}(?:_[A-Za-z]{{2,8}})?)")

    def column_of(self, header: str) -> str:
        """The column that a header means: one of `names`, "name zh_Hans" for a translation, or "" for an unknown one."""
        name = header.strip()
        match = self._translation.fullmatch(name) or self._translation.fullmatch(name.casefold())
        return f"{match[1]} {match[2]}" if match and match[1] else self._known.get(_key(name), "")

    def known_headers(self, cells: Sequence[str]) -> int:
        """How many columns the cells of a row name; 0 if none of them is the required one."""
        found = {self.column_of(cell.strip('" ')) for cell in cells} - {""}
        return len(found) if self.required in found else 0

    def header(self, rows: Rows, report: FaultReport) -> tuple[dict[str, int], Rows]:
        """Column → its place, and the rows below the header. Faults of the report refuse the file."""
        ranked = [(self.known_headers(row), -at) for at, (_, row) in enumerate(rows[:HEADER_WITHIN])]
        known, place = max(ranked, default=(0, 0))
        if not known:
            what = N_("The table has no column “%(name)s”.")
            remedy = N_("Begin it with a header. Columns are: %(columns)s; and name:zh_Hans and such for translations.")
            report.faults.append(Fault("", what, remedy, {"name": self.required, "columns": ", ".join(self.names)}))
            return {}, []
        return self._places(rows[-place][1], report), rows[1 - place :]

    def _places(self, cells: Sequence[str], report: FaultReport) -> dict[str, int]:
        header: dict[str, int] = {}
        names: dict[str, str] = {}
        ignored: list[str] = []
        for at, cell in enumerate(cells):
            name = cell.strip()
            column = self.column_of(name)
            if name and not column and self.keeps_others:
                column = OTHER + name
            if name and not column:
                ignored.append(f"“{name[:60]}”")
            elif column and names.setdefault(column, name.casefold()) == name.casefold() and column in header:
                twice = N_("The column “%(name)s” appears twice.")
                report.faults.append(Fault("", twice, N_("Keep one of them."), {"name": name[:60]}))
            elif column in header:
                # "Name" beside "Company": take the column with exactly our name, otherwise the first.
                if name.casefold() == column:
                    header[column] = at
                both = N_("“%(name)s” and another column mean the same.")
                report.warnings.append(Fault("", both, N_("One of them is ignored."), {"name": name[:60]}))
            elif column:
                header[column] = at
        if ignored:
            values = {"names": ", ".join(ignored), "columns": ", ".join(self.names)}
            what = N_("These columns are ignored: %(names)s.")
            report.warnings.append(Fault("", what, N_("Columns are: %(columns)s."), values))
        return header


def _key(header: str) -> str:
    """Punctuation is ignored: "Stand-Nr.", "stand nr" and "Company name *" are recognised."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(header)).split())

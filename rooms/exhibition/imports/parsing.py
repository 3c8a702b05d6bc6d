"""Reads exhibitors from a table: a header, then one exhibitor in each row.

Ambiguous values are resolved with a warning. An unusable row is left out; an unusable cell leaves the stored value unchanged.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from rooms.core.errors import Problem
from rooms.core.files.faults import Fault, FaultReport, Notes
from rooms.core.imports.columns import HEADER_WITHIN, Rows
from rooms.core.imports.places import country_code, language_tag
from rooms.core.imports.table_file import Table
from rooms.core.text import N_, clean_line, clean_text
from rooms.exhibition.booths.editing import said_by
from rooms.exhibition.booths.messages import DraftBooth
from rooms.exhibition.imports.columns import EXHIBITOR_COLUMNS, PLAIN, TRANSLATED, ExhibitorFaults, guessed_columns

TIERS = {"partner": 1, "sponsor": 2, "exhibitor": 3, "1": 1, "2": 2, "3": 3}
_NOTHING = {"-", "–", "—", "/", "n/a", "n.a.", "k.a."}
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class ExhibitorRow(Struct, frozen=True):
    """One row. `said` and `placed` only contain values of usable cells, and so does `texts`: {"zh_Hans": {"name": …}}."""

    row: int
    id: str
    name: str
    said: dict[str, object] = field(default_factory=dict[str, object])
    texts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    placed: dict[str, object] = field(default_factory=dict[str, object])
    owner: str = ""

    @property
    def key(self) -> str:
        return self.id or self.name


def exhibitors(table: Table) -> tuple[list[ExhibitorRow], Notes]:
    """Raises ExhibitorFaults when there is no header or no usable row."""
    report = FaultReport(warnings=list(table.warnings))
    header, rows = _header(table.rows, report)
    if report.faults:
        raise ExhibitorFaults(report.faults)
    found: list[ExhibitorRow] = []
    known: dict[str, int] = {}
    for number, row in rows:
        row_report = report.of_row()
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in header.items()}
        if not any(cells.values()):
            continue
        read = _Row(number, cells, row_report).exhibitor(table, header)
        if read is not None:
            # Names that differ only in case are the same to a reader.
            key = f"id {read.id}" if read.id else f"name {read.name.casefold()}"
            first = known.setdefault(key, number)
            if first != number:
                row_report.faults.append(again(number, read.name, first))
        if not report.leave_out(row_report) and read is not None:
            found.append(read)
    if not found:
        empty = Fault("", N_("The table has no exhibitors."), N_("Write one in each row below the header."))
        raise ExhibitorFaults(report.left_out or [empty])
    return found, report.notes


def again(number: int, name: str, first: int) -> Fault:
    what = N_("This exhibitor is already in row %(row)s.")
    return Fault(f"{number} · {name}", what, N_("Keep one of them, or give each an id of its own."), {"row": first})


def _header(rows: Rows, report: FaultReport) -> tuple[dict[str, int], Rows]:
    """Column → its place, and the rows below the header. Without a header, the columns are guessed from their content."""
    headed = any(EXHIBITOR_COLUMNS.known_headers(row) for _, row in rows[:HEADER_WITHIN])
    if not headed and (guessed := guessed_columns([row for _, row in rows])):
        what = N_("The table has no header. Its columns were taken for: %(columns)s.")
        check = N_("If that is wrong, begin the table with a header.")
        columns = ", ".join(sorted(guessed, key=lambda column: guessed[column]))
        report.warnings.append(Fault("", what, check, {"columns": columns}))
        return guessed, rows
    return EXHIBITOR_COLUMNS.header(rows, report)


class _Row:
    """Reads the cells of one row. A bad cell causes a warning, unless the row is useless without it."""

    def __init__(self, number: int, cells: dict[str, str], report: FaultReport) -> None:
        self.cells = cells
        self.report = report
        self.number = number
        self.where = f"{number} · {cells['name'][:120]}" if cells["name"] else str(number)

    def exhibitor(self, table: Table, header: Mapping[str, int]) -> ExhibitorRow | None:
        """None for a row that cannot be used, with a fault in the report."""
        for column, at in header.items():
            self._check_kind(column, table.odd.get(f"{self.number}:{at}", ""))
        link = table.links.get(f"{self.number}:{header.get('website', -1)}")
        if link and "." not in self.cells.get("website", ""):
            self.cells["website"] = link
        try:
            name = str(said_by(DraftBooth(name=self.cells["name"]))["name"])
            id = clean_line(self.cells["id"], 80, "id") if self.cells.get("id") else ""
            placed = {"hall": clean_line(hall, 120, "hall")} if (hall := self.cells.get("hall")) else {}
        except Problem as problem:
            self.report.faults.append(self._fault(problem))
            return None
        said: dict[str, object] = {"name": name}
        for column in PLAIN[1:]:
            if column in self.cells:
                said |= self._said(column, self.cells[column])
        texts: dict[str, dict[str, str]] = {}
        for column, cell in self.cells.items():
            text, _, locale = column.partition(" ")
            if locale:
                texts.setdefault(locale, {}).update(self._translated(name, locale, text, cell))
        placed |= dict(self._placed())
        return ExhibitorRow(self.number, id, name, said, texts, placed, self._owner())

    def _check_kind(self, column: str, kind: str) -> None:
        """Spreadsheets turn a stand number such as 1-12 into a date; the original can no longer be recovered."""
        if kind and column != "name":
            what = N_("%(column)s: this cell holds a date or a truth value: %(value)s.")
            remedy = N_("It is ignored. Format the column as text, and write it again.")
            self._warn(what, remedy, column=column, value=self.cells.pop(column))

    def _said(self, column: str, cell: str) -> dict[str, object]:
        if cell in _NOTHING and column in ("website", "country", "languages"):
            cell = ""
        if column == "country":
            code = country_code(cell)
            if cell and not code:
                self._warn(
                    N_("“%(value)s” is not a country."),
                    N_("Enter its name or two-letter code, such as SE."),
                    value=cell[:40],
                )
                return {}
            return {column: code}
        if column == "languages":
            return {column: list(dict.fromkeys(self._languages(cell)))[:20]}
        if column == "website" and _BARE_HOST.fullmatch(cell):
            cell = f"https://{cell}"
        try:
            return {column: said_by(replace(DraftBooth("-"), **{column: cell}))[column]}
        except Problem as problem:
            self._note(problem)
            limit = problem.values.get("limit")
            # A cut text is better than none.
            return {column: clean_text(cell[:limit], limit)} if isinstance(limit, int) and column in TRANSLATED else {}

    def _languages(self, cell: str) -> Iterator[str]:
        for part in filter(None, re.split(r"[,;/|\n、，；]+|\s+(?=[a-z]{2}\b)", cell)):
            if tag := language_tag(part.strip()):
                yield tag
            else:
                self._warn(
                    N_("“%(value)s” is not a language."), N_("Enter language codes such as en, zh."), value=part[:40]
                )

    def _translated(self, name: str, locale: str, text: str, cell: str) -> dict[str, str]:
        assert text in TRANSLATED
        try:
            said = said_by(DraftBooth(name=name, texts={locale: {text: cell}}))
        except Problem as problem:
            self._note(problem)
            return {}
        return {text: said["texts"].get(locale, {}).get(text, "")}

    def _placed(self) -> Iterator[tuple[str, object]]:
        if "number" in self.cells:
            try:
                yield "number", clean_line(self.cells["number"], 20, "number") if self.cells["number"] else ""
            except Problem as problem:
                self._note(problem)
        if "hall" in self.cells and not self.cells["hall"]:
            yield "hall", ""
        if "tier" in self.cells:
            tier = TIERS.get(self.cells["tier"].casefold() or "3")
            if tier is None:
                wanted = N_("Enter partner, sponsor or exhibitor.")
                self._warn(N_("“%(value)s” is not a tier."), wanted, value=self.cells["tier"][:40])
            else:
                yield "tier", tier

    def _owner(self) -> str:
        owner = self.cells.get("owner", "")
        if owner and not _ADDRESS.fullmatch(owner):
            wanted = N_("Enter the owner's email address.")
            self._warn(N_("“%(value)s” is not an email address."), wanted, value=owner[:40])
            return ""
        return owner.lower()

    def _warn(self, what: str, remedy: str, **values: object) -> None:
        self.report.warnings.append(Fault(self.where, what, remedy, values))

    def _note(self, problem: Problem) -> None:
        self.report.warnings.append(self._fault(problem))

    def _fault(self, problem: Problem) -> Fault:
        where = f"{self.where} › {problem.field}" if problem.field else self.where
        return Fault(where, problem.message, N_("Correct this cell."), problem.values)

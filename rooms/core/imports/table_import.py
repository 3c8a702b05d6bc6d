"""Imports the rows of a table into a conference: first a plan, then all of it in one transaction, or nothing. A second time there is nothing to do.

A slice says how a row is read, compared and written (TableImport). A row that cannot be used is left out, with the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.csv_export import without_guard
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.files.faults import Fault, FaultReport, Notes
from rooms.core.imports.columns import OTHER, Columns
from rooms.core.imports.plan import EXCERPT, Act, Change, Item, TablePlan
from rooms.core.imports.table_file import MOST_BYTES, read_table
from rooms.core.imports.uploads import ImportKind, IntoConference, PlanChanged, Progress, digest_of
from rooms.core.text import N_

TRIES = 5
CORRECT = N_("Correct this cell.")
AGAIN = N_("The same is already in row %(row)s.")


class Row(Struct, frozen=True):
    """The cells of a row by column; those of unknown columns under "+" and their header. Only columns that the table has are included."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def has(self, column: str) -> bool:
        return column in self.cells

    def translated(self, *columns: str) -> dict[str, dict[str, str]]:
        """{"zh_Hans": {"name": …}} of these columns."""
        found: dict[str, dict[str, str]] = {}
        for column, cell in self.cells.items():
            text, _, locale = column.partition(" ")
            if locale and text in columns:
                found.setdefault(locale, {})[text] = cell
        return found

    @property
    def others(self) -> dict[str, str]:
        return {column.removeprefix(OTHER): cell for column, cell in self.cells.items() if column.startswith(OTHER)}


Stored = TypeVar("Stored")


@dataclass(frozen=True, slots=True)
class TableImport(Generic[Stored]):
    """How the rows of one kind of table become part of a conference.

    `load` reads what is there. `identity` names what a row says that it is, and `meant` the id of what it changes, "" for something new: two rows for
    the same are noticed. `compare` returns what a row would change, None for nothing; `write` does it. `meant` and `compare` raise a Problem for a
    row that cannot be used. `rooms` are further rooms that must be locked. `ignored` says what is ignored.
    """

    name: str
    columns: Columns
    load: Callable[[AsyncConnection, str, list[Row]], Awaitable[Stored]]
    identity: Callable[[Row], str]
    meant: Callable[[Stored, Row], str]
    compare: Callable[[Stored, Row], Item | None]
    write: Callable[[Transaction, str, Stored, Row, str | None], Awaitable[None]]
    rooms: Callable[[AsyncConnection, Stored], Awaitable[Iterable[str]]] | None = None
    ignored: Callable[[Stored, list[Row]], Iterable[Fault]] | None = None

    async def read(self, data: bytes) -> tuple[list[Row], Notes]:
        """The rows of a file. Raises FileFaults or another Problem."""
        table = await read_table(data, self.columns)
        return await asyncio.to_thread(self._rows, table.rows, FaultReport(warnings=list(table.warnings)))

    def _rows(self, listed: list[tuple[int, list[str]]], report: FaultReport) -> tuple[list[Row], Notes]:
        header, below = self.columns.header(listed, report)
        if report.faults:
            raise self.columns.faults(report.faults)
        found: list[Row] = []
        known: dict[str, int] = {}
        for number, cells in below:
            row = Row(
                number,
                {name: without_guard(cells[at].strip()) if at < len(cells) else "" for name, at in header.items()},
            )
            if not any(row.cells.values()):
                continue
            if not row[self.columns.required]:
                missing = N_("The column “%(name)s” is empty.")
                report.left_out.append(Fault(str(number), missing, N_("Fill it in."), {"name": self.columns.required}))
            elif (first := known.setdefault(self.identity(row), number)) != number:
                report.left_out.append(Fault(where(row, self.columns), AGAIN, N_("Keep one of them."), {"row": first}))
            else:
                found.append(row)
        if not found:
            empty = Fault("", N_("The table has no rows that can be used."), N_("Write them below the header."))
            raise self.columns.faults(report.left_out or [empty])
        return found, report.notes

    async def plan(self, engine: Engine, target: IntoConference, rows: list[Row]) -> TablePlan:
        """Nothing is written. Raises FileFaults when no row fits."""
        async with engine.database.read() as connection:
            stored = await self.load(connection, target.id, rows)
        return self._plan(stored, rows)[0]

    def _plan(self, stored: Stored, rows: list[Row]) -> tuple[TablePlan, list[Row]]:
        """The plan, and the rows that change something."""
        items: list[Item] = []
        changing: list[Row] = []
        left_out: list[Fault] = []
        known: dict[str, int] = {}
        for row in rows:
            try:
                meant = self.meant(stored, row)
                if meant and (first := known.setdefault(meant, row.number)) != row.number:
                    raise Problem("invalid", AGAIN, values={"row": first})
                item = self.compare(stored, row)
            except Problem as problem:
                place = where(row, self.columns)
                place = f"{place} › {problem.field}" if problem.field else place
                left_out.append(Fault(place, problem.message, CORRECT, problem.values))
            else:
                if item is not None:
                    items.append(item)
                    changing.append(row)
        if len(left_out) == len(rows):
            raise self.columns.faults(left_out)
        warnings = tuple(self.ignored(stored, rows)) if self.ignored else ()
        return TablePlan(tuple(items), tuple(left_out), warnings), changing

    async def apply(
        self,
        engine: Engine,
        target: IntoConference,
        rows: list[Row],
        *,
        by: str | None,
        progress: Progress | None = None,
        agreed: str | None = None,
    ) -> TablePlan:
        """Applies the plan and returns it. What the file does not name stays as it is.

        `by` is the person for the audit log (None: the command line), `agreed` the digest of the plan that they agreed to (None: any plan).
        Raises FileFaults, PlanChanged or Problem "conflict".
        """
        for _ in range(TRIES):
            async with engine.database.read() as connection:
                needed = await self._rooms(connection, await self.load(connection, target.id, rows))
            async with engine.transaction([target.room, *needed], patience=LONG) as tx:
                tx.room = target.room
                # Changes made before the rooms were locked may affect further rooms.
                stored = await self.load(tx.connection, target.id, rows)
                plan, changing = self._plan(stored, rows)
                if plan.empty:
                    return plan
                if agreed is not None and digest_of(plan) != agreed:
                    raise PlanChanged
                if not (await self._rooms(tx.connection, stored) <= tx.rooms.keys()):
                    continue
                for done, row in enumerate(changing, start=1):
                    await self.write(tx, target.id, stored, row, by)
                    if progress is not None:
                        progress(done, len(changing))
                details = {act.value: plan.count(act) for act in (Act.ADDED, Act.CHANGED)}
                tx.audit(target.id, by, f"{self.name}.imported", details=details)
            return plan
        raise Problem("conflict", N_("Someone else is changing the conference. Try again."), retry_after=2)

    async def _rooms(self, connection: AsyncConnection, stored: Stored) -> set[str]:
        return set(await self.rooms(connection, stored)) if self.rooms else set()

    @property
    def kind(self) -> "ImportKind[Any, list[Row], TablePlan]":
        async def read(target: IntoConference, data: bytes) -> tuple[list[Row], Notes]:
            return await self.read(data)

        async def apply(
            engine: Engine, target: IntoConference, rows: list[Row], by: str, progress: Progress, agreed: str
        ) -> TablePlan:
            return await self.apply(engine, target, rows, by=by, progress=progress, agreed=agreed)

        return ImportKind(self.name, MOST_BYTES, list[Row], read, self.plan, apply)


def where(row: Row, columns: Columns) -> str:
    return f"{row.number} · {row[columns.required][:120]}"


def changes(pairs: Iterable[tuple[str, object, object]]) -> tuple[Change, ...]:
    """(field, before, after) → those that differ."""
    return tuple(Change(name, _shown(before), _shown(after)) for name, before, after in pairs if before != after)


def _shown(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)  # type: ignore[arg-type]
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"

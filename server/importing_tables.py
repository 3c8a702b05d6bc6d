"""plenary import organisations | entries | jobs | people: a table into a conference, or what it would change there."""

import sys
from typing import Any, TextIO

from rooms.cooperation.table import ENTRIES
from rooms.core.engine import Engine
from rooms.core.imports.plan import Act, TablePlan
from rooms.core.imports.table_import import TableImport
from rooms.invitations.people_table import PEOPLE
from rooms.organisations.table import ORGANISATIONS
from rooms.programme import queries
from rooms.recruitment.jobs.table import JOBS
from server.import_report import ending, item_lines, note_lines

TABLES: dict[str, TableImport[Any]] = {table.name: table for table in (ORGANISATIONS, ENTRIES, JOBS, PEOPLE)}


async def import_command(
    engine: Engine, table: TableImport[Any], data: bytes, slug: str, *, dry_run: bool = False, out: TextIO = sys.stdout
) -> TablePlan:
    """Imports a file and prints what was done, or with `dry_run` what would be done. Raises FileFaults and Problem."""
    rows, notes = await table.read(data)
    async with engine.database.read() as connection:
        conference = await queries.conference(connection, slug)
    if dry_run:
        plan = await table.plan(engine, conference, rows)
    else:
        plan = await table.apply(engine, conference, rows, by=None, progress=_shown if out.isatty() else None)
    ignored = [f"Note: {fault.text()}" for fault in plan.warnings]
    print(
        *note_lines(notes, plan.left_out), *ignored, *item_lines(plan.items), _ending(plan, dry_run), sep="\n", file=out
    )
    return plan


def _shown(done: int, total: int) -> None:
    print(f"\r{done} of {total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _ending(plan: TablePlan, dry_run: bool) -> str:
    if plan.empty:
        return "Nothing to do: everything is the same as in the file."
    return ending(f"{plan.count(Act.ADDED)} added, {plan.count(Act.CHANGED)} changed", dry_run)

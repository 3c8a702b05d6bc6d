"""plenary import exhibitors: a list of exhibitors into a conference, or what it would change there."""

import sys
from typing import TextIO

from rooms.core.engine import Engine
from rooms.core.imports.plan import Act
from rooms.exhibition.imports.importing import ExhibitorPlan, import_exhibitors, plan_import, read_exhibitors
from rooms.programme import queries
from server.import_report import ending, item_lines, note_lines


async def import_command(
    engine: Engine, data: bytes, slug: str, *, dry_run: bool = False, out: TextIO = sys.stdout
) -> ExhibitorPlan:
    """Imports a file and prints what was done, or with `dry_run` what would be done. Raises ExhibitorFaults and Problem."""
    listed, notes = await read_exhibitors(data)
    async with engine.database.read() as connection:
        conference = await queries.conference(connection, slug)
    if dry_run:
        plan = await plan_import(engine, conference, listed)
    else:
        plan = await import_exhibitors(engine, conference, listed, by=None)
    print(*note_lines(notes, plan.left_out), *_described(plan), _ending(plan, dry_run), sep="\n", file=out)
    return plan


def _described(plan: ExhibitorPlan) -> list[str]:
    lines = [f"New hall: {hall}" for hall in plan.halls]
    lines += item_lines(plan.booths)
    if plan.strangers:
        lines.append(f"Owners without an account: {', '.join(plan.strangers)}")
    return lines


def _ending(plan: ExhibitorPlan, dry_run: bool) -> str:
    if plan.empty:
        return "Nothing to do: the exhibition is the same as the file."
    return ending(f"Exhibitors: {plan.count(Act.ADDED)} added, {plan.count(Act.CHANGED)} changed", dry_run)

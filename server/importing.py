"""plenary import: a frab or pretalx schedule, exhibitors, or another table, into a conference; or what it would change there."""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from rooms.core.commands.people import Role
from rooms.core.engine import LONG, Engine
from rooms.core.errors import Problem
from rooms.core.files.faults import FileFaults
from rooms.core.imports.plan import Act
from rooms.core.store.database import Database
from rooms.core.text import N_
from rooms.migrations import upgrade
from rooms.people import administrators, roles
from rooms.programme import queries
from rooms.programme.actions import create_conference
from rooms.programme.imports.importing import import_schedule, plan_import
from rooms.programme.imports.plan import SchedulePlan
from rooms.programme.schedules.document import MOST_BYTES
from rooms.programme.schedules.frab import read_file
from rooms.programme.schedules.schedule import Schedule
from server import administration, importing_exhibitors, importing_tables
from server.app import make_engine
from server.import_report import change_line, ending, item_lines, note_lines, report_faults
from server.settings import Settings, read_settings

HELP = "bring a frab or pretalx schedule (JSON or XML), or a table (CSV or XLSX), into a conference"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = ("schedule", "exhibitors", *importing_tables.TABLES)
    parser.add_argument(
        "kind", nargs="?", choices=kinds, default="schedule", help="what the file contains; a schedule if omitted"
    )
    parser.add_argument(
        "file", help="the schedule as frab or pretalx exports it, or the table; or - for standard input"
    )
    parser.add_argument("--conference", required=True, metavar="NAME", help="its name in addresses: /c/NAME")
    parser.add_argument("--dry-run", action="store_true", help="only list what would change")
    parser.add_argument("--create", action="store_true", help="create the conference if there is none of that name")
    parser.add_argument(
        "--organiser", metavar="ADDRESS", help="with --create: the email address of who organises the new conference"
    )
    parser.add_argument(
        "--zone", help="the time zone of a file that names none, such as Asia/Shanghai; by default the conference's"
    )
    parser.set_defaults(work=work)
    _in_any_order(parser)


def _in_any_order(parser: argparse.ArgumentParser) -> None:
    """Lets options be between the kind and the file. Otherwise argparse takes the kind for the file, because it may be missing."""
    plain = parser.parse_known_args

    def parse(args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None) -> Any:
        setattr(parser, "parse_known_args", plain)  # noqa: B010 - the next line calls it
        return parser.parse_known_intermixed_args(args, namespace)

    setattr(parser, "parse_known_args", parse)  # noqa: B010 - a method of this parser alone


def work(arguments: argparse.Namespace) -> int:
    if arguments.organiser and not arguments.create:
        print("--organiser goes with --create.", file=sys.stderr)
        return 2
    data = _read_file(arguments.file)
    return asyncio.run(_work(arguments, data))


async def _work(arguments: argparse.Namespace, data: bytes) -> int:
    settings = read_settings(os.environ)
    engine = make_engine(settings)
    try:
        await upgrade(engine.database)
        await engine.hub.start()
        if arguments.kind == "exhibitors":
            await importing_exhibitors.import_command(engine, data, arguments.conference, dry_run=arguments.dry_run)
        elif arguments.kind in importing_tables.TABLES:
            table = importing_tables.TABLES[arguments.kind]
            await importing_tables.import_command(engine, table, data, arguments.conference, dry_run=arguments.dry_run)
        else:
            await import_command(
                engine,
                data,
                arguments.conference,
                zone=arguments.zone,
                dry_run=arguments.dry_run,
                create=arguments.create,
            )
            if arguments.organiser and not arguments.dry_run:
                await _appoint(engine, settings, arguments.conference, arguments.organiser)
    except FileFaults as faults:
        report_faults(faults, sys.stderr)
        return 1
    finally:
        await engine.hub.stop()
        await engine.database.close()
    return 0


async def import_command(
    engine: Engine,
    data: bytes,
    slug: str,
    *,
    zone: str | None = None,
    dry_run: bool = False,
    create: bool = False,
    out: TextIO = sys.stdout,
) -> SchedulePlan:
    """Imports a file and prints what was done, or with `dry_run` what would be done. Raises ScheduleFaults and Problem.

    A file that names no zone is read in `zone`, or else in that of the conference.
    """
    known = await _find(engine.database, slug)
    new = known is None
    file = read_file(data, zone or (known.zone if known else None))
    schedule = file.schedule
    if new and not create:
        missing = N_("The conference “%(name)s” does not exist. Add --create to create it from the file.")
        raise Problem("not_found", missing, field="conference", values={"name": slug})
    if new and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", slug):
        unfit = N_("“%(name)s” cannot be part of an address. Use up to 40 characters: a-z, 0-9 and hyphens.")
        raise Problem("invalid", unfit, field="conference", values={"name": slug})
    if new and dry_run:
        print(f"The conference {slug} would be created, with {len(schedule.sessions)} sessions.", file=out)
        return SchedulePlan()
    if new:
        await _create(engine, slug, schedule)
    if dry_run:
        plan = await plan_import(engine, slug, schedule)
    else:
        plan = await import_schedule(engine, slug, schedule, by=None, progress=_shown if out.isatty() else None)
    print(*note_lines(file.notes), *described(plan), _ending(plan, dry_run), sep="\n", file=out)
    return plan


def described(plan: SchedulePlan) -> list[str]:
    """A plan as lines for a terminal."""
    lines = [f"Conference: {change_line(change)}" for change in plan.conference]
    for title, items in (
        ("Tracks", plan.tracks),
        ("Halls", plan.halls),
        ("People", plan.persons),
        ("Sessions", plan.sessions),
    ):
        if items:
            lines += [f"{title}:", *item_lines(items, "  ")]
    return lines


def _ending(plan: SchedulePlan, dry_run: bool) -> str:
    if plan.empty:
        return "Nothing to do: the conference is the same as the file."
    counts = ", ".join(f"{plan.count(act)} {act.value}" for act in Act if plan.count(act)) or "none concerned"
    return ending(f"Sessions: {counts}", dry_run)


def _shown(done: int, total: int) -> None:
    print(f"\r{done} of {total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


async def _find(database: Database, slug: str) -> queries.Conference | None:
    async with database.read() as connection:
        found = [conference for conference in await queries.all_conferences(connection) if conference.slug == slug]
    return found[0] if found else None


async def _create(engine: Engine, slug: str, schedule: Schedule) -> None:
    info = schedule.conference
    async with engine.transaction(patience=LONG) as tx:
        await create_conference(
            tx.connection,
            slug=slug,
            title=info.title,
            zone=info.zone,
            starts_on=info.first_day,
            ends_on=info.last_day,
            now=tx.now,
        )


async def _appoint(engine: Engine, settings: Settings, slug: str, address: str) -> None:
    """Gives the conference an organiser, with a new account where the address has none."""
    account, secret = await administrators.find_or_create(engine, address)
    async with engine.transaction(patience=LONG) as tx:
        conference = await queries.conference(tx.connection, slug)
        await roles.grant(
            tx.connection,
            person=account.id,
            conference=conference.id,
            session=None,
            role=Role.ORGANISER,
            by=None,
            at=tx.now,
        )
    print(f"{account.email} organises this conference.")
    administration.print_link(settings, secret)


def _read_file(path: str) -> bytes:
    """Raises OSError. One byte more than is accepted is enough to see that a file is too large."""
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)

"""plenary export: a conference's programme as a frab schedule (JSON or XML) or as a calendar."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from rooms.core.store.database import Database
from rooms.migrations import require_current
from rooms.programme import queries
from rooms.programme.calendars.feeds import programme_calendar
from rooms.programme.imports.stored import load
from rooms.programme.schedules.frab_export import write_json, write_xml
from server.settings import read_settings
from web import links

HELP = "write a conference's programme as a schedule or a calendar"
FORMATS = ("json", "xml", "ics")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--conference", required=True, metavar="NAME", help="its name in addresses: /c/NAME")
    parser.add_argument(
        "--format", choices=FORMATS, default="json", help="frab JSON (the default), frab XML, iCalendar"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it; standard output if not given")
    parser.set_defaults(work=work)


def work(arguments: argparse.Namespace) -> int:
    data = asyncio.run(_work(arguments))
    if arguments.output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        arguments.output.write_bytes(data)
    return 0


async def _work(arguments: argparse.Namespace) -> bytes:
    settings = read_settings(os.environ)
    database = Database(settings.database)
    try:
        await require_current(database)
        return await export_command(database, arguments.conference, arguments.format, settings.url)
    finally:
        await database.close()


async def export_command(database: Database, slug: str, format: str, base_url: str) -> bytes:
    """The file. Raises Problem "not_found". Importing it again changes nothing."""
    async with database.read() as connection:
        conference = await queries.conference(connection, slug)
        if format == "ics":
            return await programme_calendar(connection, conference, base_url)
        schedule = (await load(connection, conference)).schedule
    programme = base_url + links.path("programme", slug)
    return write_xml(schedule, programme) if format == "xml" else write_json(schedule, programme)

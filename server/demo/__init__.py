"""plenary demo: the demonstration conference, served on this machine, with one sign-in link for each role."""

import argparse
import asyncio
import sys
from pathlib import Path

from rooms.core.clock import system_clock
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.delivery.hub import Hub
from rooms.core.engine import Engine
from rooms.core.files.store import FolderStore
from rooms.core.store.database import Database
from rooms.migrations import upgrade
from server.demo.roles import ROLES
from server.demo.seeding import seed, sign_in_links
from server.doctor.stage import warn
from server.serve import serve
from server.settings import Settings, environment_of, read_settings

HELP = "serve a demonstration conference and print a sign-in link for each role, which ends after ten minutes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prepare-only", action="store_true", help="make the conference and print the links, but do not serve"
    )
    parser.add_argument(
        "--port", metavar="NUMBER", help="where to serve: 8000 if neither this nor PLENARY_PORT is given"
    )
    parser.set_defaults(work=work)


def work(arguments: argparse.Namespace) -> int:
    settings = read_settings(environment_of(arguments))
    links = asyncio.run(prepare(settings))

    def show() -> None:
        print(f"\nPlenary is open at {settings.url} — the 20th Conference on International Exchange of Professionals.")
        print(
            "Sign in with one of these links, each role in a private window. A link works once and ends after ten minutes;\n"
            "start this command again for new ones, and with --port NUMBER for another port.\n"
        )
        for role, link in links.items():
            print(f"  {role:<10} {link}")
        print(f"\nFor a lively room:  {command_name()} audience --people 200 --minutes 5\n", flush=True)

    if arguments.prepare_only:
        show()
        return 0
    warn(settings)
    serve(settings, ready=show)
    return 0


def command_name() -> str:
    """The command `plenary` of this environment, as a person can type it here."""
    command = Path(sys.executable).with_name("plenary")
    return str(command.relative_to(Path.cwd()) if command.is_relative_to(Path.cwd()) else command)


async def prepare(settings: Settings) -> dict[str, str]:
    """Migrates the database, creates the conference if there is none, and returns the links by role."""
    database = Database(settings.database)
    bus = MemoryBus()
    engine = Engine(database, bus, Hub(database, bus, system_clock, settings.secret), settings.secret)
    try:
        await upgrade(database)
        await engine.hub.start()
        await seed(engine, FolderStore(settings.data / "files"))
        return await sign_in_links(engine, settings.url)
    finally:
        await engine.hub.stop()
        await database.close()


__all__ = ["HELP", "ROLES", "add_arguments", "prepare", "work"]

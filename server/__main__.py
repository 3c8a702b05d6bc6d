"""The command line: plenary run | migrate | admin | demo | import | export | audience | doctor."""

import argparse
import asyncio
import errno
import os
import sys

from rooms.core.engine import LONG
from rooms.core.errors import Problem
from rooms.core.store.database import Database
from rooms.core.store.journal import renew_epochs
from rooms.migrations import upgrade
from server import administration, audience, demo, doctor, exporting, importing, logs
from server.doctor.stage import warn
from server.serve import serve
from server.settings import BadSettings, Settings, environment_of, read_settings
from server.workers import WorkerPlace, supervise


def main() -> int:
    arguments = _parser().parse_args()
    logs.configure(logs.TEXT)
    try:
        return arguments.work(arguments)
    except BadSettings as bad:
        print("These settings cannot be used:", *(f"  {fault}" for fault in bad.faults), sep="\n", file=sys.stderr)
    except Problem as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        remedy = " Give another port with --port." if error.errno == errno.EADDRINUSE else ""
        print(f"Cannot start: {error}.{remedy}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plenary", description="Plenary: conferences online, live.")
    verbs = parser.add_subparsers(required=True, metavar="verb")

    run = verbs.add_parser("run", help="serve")
    run.add_argument(
        "--workers",
        type=int,
        default=int(os.environ.get("PLENARY_WORKERS", "1")),
        help="processes on one port (needs Redis)",
    )
    run.add_argument("--port", metavar="NUMBER", help="where to serve: 8000 if neither this nor PLENARY_PORT is given")
    run.add_argument("--worker", type=WorkerPlace.read, help=argparse.SUPPRESS)
    run.set_defaults(work=_run)

    migrate = verbs.add_parser("migrate", help="update the tables of the database")
    migrate.add_argument(
        "--restored", action="store_true", help="after restoring a backup: all clients start with a new snapshot"
    )
    migrate.set_defaults(work=_migrate)

    for verb, module in (
        ("admin", administration),
        ("demo", demo),
        ("import", importing),
        ("export", exporting),
        ("audience", audience),
        ("doctor", doctor),
    ):
        module.add_arguments(verbs.add_parser(verb, help=module.HELP))
    return parser


def _run(arguments: argparse.Namespace) -> int:
    settings = read_settings(environment_of(arguments))
    if arguments.workers < 1:
        print("--workers: 1 or more.", file=sys.stderr)
        return 2
    if arguments.workers > 1 and not settings.redis:
        print(
            "Several processes need a message bus between them: set PLENARY_REDIS, or run one process.", file=sys.stderr
        )
        return 2
    logs.configure(settings.log)
    place: WorkerPlace | None = arguments.worker
    if place is not None:
        serve(settings, shared=True, extra_port=_port_of(settings, place.number), ready=place.tell_ready)
        return 0
    asyncio.run(_upgrade(settings))
    asyncio.run(administration.print_setup(settings))
    warn(settings)
    if arguments.workers > 1:
        return supervise(arguments.workers, settings.port, settings.drain_seconds)
    serve(
        settings,
        extra_port=_port_of(settings, 0),
        ready=lambda: print(f"Plenary is open at {settings.url}", flush=True),
    )
    return 0


def _port_of(settings: Settings, number: int) -> int:
    return settings.worker_port and settings.worker_port + number


def _migrate(arguments: argparse.Namespace) -> int:
    asyncio.run(_upgrade(read_settings(os.environ), restored=arguments.restored))
    print("The database is up to date.")
    return 0


async def _upgrade(settings: Settings, *, restored: bool = False) -> None:
    database = Database(settings.database)
    try:
        await upgrade(database)
        if restored:
            async with database.write(LONG) as connection:
                await renew_epochs(connection)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Saves and restores what Plenary keeps: the database, the data folder, and the settings.

    backup.py save FOLDER          into FOLDER/plenary-<time>/, while Plenary runs
    backup.py restore FOLDER       from such a folder; stop Plenary first, start it afterwards

Run it as the user of Plenary. Settings come from the environment or from the file --settings, such as /etc/plenary.env. It needs nothing but
Python, and pg_dump and pg_restore for PostgreSQL. `restore` ends with `plenary migrate --restored`.
"""

import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

SQLITE = "sqlite+aiosqlite:///"
DATABASE, DUMP, DATA, SETTINGS = "database.sqlite", "database.dump", "data.tar", "settings.env"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["save", "restore"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--settings", type=Path, help="a file of settings, as systemd reads it")
    parser.add_argument("--replace", action="store_true", help="restore over a database that exists")
    parser.add_argument("--plenary", default="plenary", help="the command `plenary` of the installed version")
    arguments = parser.parse_args()
    os.umask(0o077)
    settings = dict(os.environ)
    try:
        if arguments.settings:
            settings |= read_settings(arguments.settings)
        if arguments.verb == "save":
            print(save(settings, arguments.folder, arguments.settings))
        else:
            restore(settings, arguments.folder, replace=arguments.replace)
            subprocess.run([arguments.plenary, "migrate", "--restored"], env=settings, check=True)
    except (OSError, sqlite3.Error, tarfile.TarError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def read_settings(path: Path) -> dict[str, str]:
    settings: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            settings[name] = value[1:-1] if quoted else value
    return settings


def save(settings: dict[str, str], folder: Path, settings_file: Path | None) -> Path:
    """The folder of the backup. It gets its name when it is complete: half a backup is never mistaken for one."""
    target = folder / f"plenary-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    arriving = target.with_name(f".{target.name}")
    arriving.mkdir(parents=True)
    try:
        save_database(settings, arriving)  # first: a file that no row knows does no harm, a row without its file does
        data = data_folder(settings)
        with tarfile.open(arriving / DATA, "w") as archive:
            for path in sorted(data.iterdir()) if data.exists() else []:
                if ".sqlite" not in path.name:
                    archive.add(path, path.name, filter=without_arriving)
        if settings_file:
            shutil.copy(settings_file, arriving / SETTINGS)
        arriving.rename(target)
    except BaseException:
        shutil.rmtree(arriving, ignore_errors=True)
        raise
    return target


def without_arriving(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out uploads that are still under way: no row knows them."""
    return None if entry.name.startswith("files/arriving/") else entry


def save_database(settings: dict[str, str], folder: Path) -> None:
    if path := sqlite_path(settings):
        if not path.exists():
            raise FileNotFoundError(f"There is no database at {path}.")
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(folder / DATABASE)) as copy,
        ):
            source.backup(copy)
        return
    run_postgres(settings, "pg_dump", "--format=custom", f"--file={folder / DUMP}")


def restore(settings: dict[str, str], folder: Path, *, replace: bool) -> None:
    path = sqlite_path(settings)
    saved = folder / (DATABASE if path else DUMP)
    if not saved.exists():
        raise FileNotFoundError(f"{saved} is missing: is this a backup of this kind of database?")
    if path:
        if path.exists() and not replace:
            raise FileExistsError(f"{path} exists. Give --replace to lose what is in it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(saved, arriving := path.with_name(path.name + ".restored"))
        arriving.replace(path)
    else:
        over = ["--clean", "--if-exists"] if replace else []
        run_postgres(settings, "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", *over, str(saved))
    data = data_folder(settings)
    data.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / DATA) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 of Debian 12 has none
        archive.extractall(data)


def data_folder(settings: dict[str, str]) -> Path:
    return Path(settings.get("PLENARY_DATA") or "data")


def sqlite_path(settings: dict[str, str]) -> Path | None:
    address = settings.get("PLENARY_DATABASE") or f"{SQLITE}{data_folder(settings) / 'plenary.sqlite'}"
    return Path(address.removeprefix(SQLITE).partition("?")[0]) if address.startswith(SQLITE) else None


def run_postgres(settings: dict[str, str], program: str, *options: str) -> None:
    """Hands over the address in variables, because everybody on the machine may read a command line."""
    address = urlsplit(settings["PLENARY_DATABASE"])
    given = {
        "PGHOST": address.hostname,
        "PGPORT": str(address.port or 5432),
        "PGUSER": address.username,
        "PGPASSWORD": address.password,
        "PGDATABASE": address.path.removeprefix("/"),
    }
    environment = settings | {name: unquote(value) for name, value in given.items() if value}
    database = [f"--dbname={environment['PGDATABASE']}"] if program == "pg_restore" else []
    subprocess.run([program, *database, *options], env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())

"""The command line says in one sentence what is wrong and what to do."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT

CONFERENCE = {"title": "T", "start": "2026-01-01", "end": "2026-01-02", "days": []}
SCHEDULE = json.dumps({"schedule": {"conference": CONFERENCE}})
NO_DATABASE = "No database found. Run “plenary migrate” first, or set PLENARY_DATA or PLENARY_DATABASE.\n"


def plenary(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "PLENARY_DATA": str(folder / "data"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "server", *arguments]
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("arguments", [("export", "--conference", "forum"), ("audience", "--people", "1")])
def test_a_folder_without_a_database_is_named(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """inputs.md 18: export printed a traceback of a hundred lines."""
    run = plenary(tmp_path, *arguments)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", NO_DATABASE)
    assert not (tmp_path / "data" / "plenary.sqlite").exists(), "reading creates nothing"


def test_an_import_into_a_new_folder_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "schedule.json"
    file.write_text(SCHEDULE)
    run = plenary(tmp_path, "import", str(file), "--conference", "forum", "--zone", "UTC")
    assert run.returncode == 1
    assert run.stderr == "The conference “forum” does not exist. Add --create to create it from the file.\n"


def test_a_schedule_without_a_time_zone_names_the_option(tmp_path: Path) -> None:
    """users.md 35."""
    file = tmp_path / "schedule.json"
    file.write_text(SCHEDULE)
    run = plenary(tmp_path, "import", str(file), "--conference", "forum", "--create")
    assert run.returncode == 1
    assert "The file does not say its time zone." in run.stderr
    assert "--zone Europe/Berlin" in run.stderr


@pytest.mark.parametrize("content", ['{"events": []}', '{"schedule": []}', "{}"])
def test_another_file_is_not_a_schedule(tmp_path: Path, content: str) -> None:
    """users.md 35."""
    file = tmp_path / "other"
    file.write_text(content)
    run = plenary(tmp_path, "import", str(file), "--conference", "forum", "--create")
    assert run.returncode == 1
    assert "This is a JSON file, but not a schedule" in run.stderr
    assert "Plenary reads the schedules of frab, pretalx, pentabarf and compatible programs" in run.stderr


def test_the_demonstration_takes_a_port_and_says_how_long_its_links_last(tmp_path: Path) -> None:
    """users.md 34: --port was refused, and nothing said that links end after ten minutes."""
    shown = plenary(tmp_path, "demo", "--help").stdout
    assert "--port NUMBER" in shown
    run = plenary(tmp_path, "demo", "--port", "8123", "--prepare-only")
    assert run.returncode == 0, run.stderr
    assert "http://localhost:8123" in run.stdout
    assert "ends after ten minutes" in run.stdout
    readme = (ROOT / "README.md").read_text()
    assert "scripts/run --port" in readme
    assert "ten minutes" in readme
    assert "PLENARY_PORT='x'" in plenary(tmp_path, "demo", "--port", "x").stderr


def test_a_port_that_is_taken_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = plenary(tmp_path, "run", "--port", str(taken.getsockname()[1]))
    assert run.returncode == 1
    assert run.stderr.endswith("Address already in use. Give another port with --port.\n")


def test_an_administrator_is_made_without_sql(tmp_path: Path) -> None:
    """users.md 1."""
    made = plenary(tmp_path, "admin", "ada@example.org", "--name", "Ada Lovelace")
    assert made.returncode == 0, made.stderr
    assert "ada@example.org is now an administrator." in made.stdout
    assert "http://localhost:8000/sign-in/link/" in made.stdout
    assert "already an administrator" in plenary(tmp_path, "admin", "ada@example.org").stdout
    assert "no longer an administrator" in plenary(tmp_path, "admin", "ada@example.org", "--revoke").stdout
    unknown = plenary(tmp_path, "admin", "eve@example.org", "--revoke")
    assert (unknown.returncode, unknown.stderr) == (1, "There is no account with this address.\n")


def test_an_imported_conference_gets_an_organiser(tmp_path: Path) -> None:
    """users.md 1: `import --create` made a conference that had no organiser at all."""
    file = tmp_path / "schedule.json"
    file.write_text(SCHEDULE)
    importing = ("import", str(file), "--conference", "forum", "--zone", "UTC", "--organiser", "ada@example.org")
    assert plenary(tmp_path, *importing).returncode == 2, "without --create"
    run = plenary(tmp_path, *importing, "--create")
    assert run.returncode == 0, run.stderr
    assert "ada@example.org organises this conference." in run.stdout
    assert "/sign-in/link/" in run.stdout

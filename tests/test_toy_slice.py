"""A new slice needs its own folders and one line in rooms/slices.py; no other file of the project changes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hatch_build import find_node

ROOT = Path(__file__).parents[1]
TOY = ROOT / "tests" / "fixtures" / "toy_slice"
SOURCES = ("rooms", "signaling", "web", "server", "tests/support")
SLICES_END = "\n)\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's source with the toy slice."""
    folder = tmp_path_factory.mktemp("toy")
    skipped = shutil.ignore_patterns("node_modules", "built", "__pycache__", "*.sqlite3")
    for source in SOURCES:
        shutil.copytree(ROOT / source, folder / source, ignore=skipped)
    shutil.copy(ROOT / "tests" / "__init__.py", folder / "tests")
    (folder / "web" / "islands" / "node_modules").symlink_to(ROOT / "web" / "islands" / "node_modules")
    (folder / "web" / "static" / "built").mkdir()
    before = digests(folder)
    shutil.copytree(TOY, folder, dirs_exist_ok=True)
    slices = folder / "rooms" / "slices.py"
    slices.write_text(slices.read_text("utf-8").replace(SLICES_END, f'\n    "guestbook",{SLICES_END}', 1), "utf-8")
    after = digests(folder)
    changed = {path for path, digest in before.items() if after[path] != digest}
    assert changed == {"rooms/slices.py"}
    return folder


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def report(copy: Path) -> dict[str, Any]:
    """What try_guestbook.py reports, after the islands and styles were built."""
    run(copy / "web" / "islands", find_node()[0], "build.mjs")
    return json.loads(run(copy, sys.executable, "try_guestbook.py", str(copy)))


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_is_performed_and_its_event_delivered(report: dict[str, Any]) -> None:
    assert [event["text"] for event in report["events"]] == ["Greetings from Suzhou"]


def test_the_page_is_served(report: dict[str, Any]) -> None:
    assert report["status"] == 200
    assert "<p>Greetings from Suzhou</p>" in report["page"]


def test_the_island_is_bundled(report: dict[str, Any]) -> None:
    assert "toy-guestbook" in report["script"]


def test_the_style_is_bundled(report: dict[str, Any]) -> None:
    assert ".guestbook{" in report["styles"]

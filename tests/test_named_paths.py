"""Paths of source files that docstrings, comments and texts of the code name exist."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(
    r"\b(?:rooms|signaling|web|server|tests|bench|scripts|deploy)(?:/[\w.-]+)+\.(?:py|ts|c|css|html|md|json)\b"
)
SOURCES = ("rooms", "signaling", "web", "server", "bench", "hatch_build.py")


def named() -> set[tuple[str, str]]:
    """(file, path that it names)."""
    listed = subprocess.run(["git", "ls-files", "-z", *SOURCES], cwd=ROOT, capture_output=True, text=True, check=True)
    found: set[tuple[str, str]] = set()
    for name in filter(None, listed.stdout.split("\0")):
        if Path(name).suffix in {".py", ".ts", ".c", ".css", ".mjs"} and (ROOT / name).exists():
            found |= {(name, path) for path in NAMED.findall((ROOT / name).read_text())}
    return found


def test_every_path_that_the_code_names_exists() -> None:
    paths = named()
    assert len(paths) > 20, "the premise: paths are found"
    assert [each for each in sorted(paths) if not (ROOT / each[1]).exists()] == []

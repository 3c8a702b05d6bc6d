"""docs/dependencies.md names every direct dependency with its reason, and nothing else."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"[@A-Za-z0-9._/-]+(?:\[[a-z,]+\])?")


def _documented() -> dict[str, dict[str, str]]:
    """For each section of the document: package → reason."""
    sections: dict[str, dict[str, str]] = {}
    rows: dict[str, str] = {}
    for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines():
        if line.startswith("## "):
            rows = sections.setdefault(line.removeprefix("## "), {})
        elif line.startswith("| ") and not line.startswith("| Package |"):
            package, reason, _ = (cell.strip() for cell in line.strip("|").split("|"))
            rows[package] = reason
    return sections


def _names(requirements: list[str | dict[str, Any]]) -> set[str]:
    """The names of requirements; included groups are listed separately."""
    matches = [NAME.match(requirement) for requirement in requirements if isinstance(requirement, str)]
    return {match[0] for match in matches if match}


def _declared() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    islands = json.loads((ROOT / "web" / "islands" / "package.json").read_text())
    groups = project["dependency-groups"]
    debian = set(re.findall(r"^ +need ([a-z0-9-]+) ", (ROOT / "scripts" / "test").read_text(), re.MULTILINE))
    return {
        "Python, to run": _names(project["project"]["dependencies"]),
        "Python, optional": _names(project["project"]["optional-dependencies"]["schedule"]),
        "Python, to build": _names(groups["build"]) | _names(groups["node"]),
        "Python, to test": _names(groups["dev"]),
        "npm, in what a browser loads": set(islands["dependencies"]),
        "npm, to build and test": set(islands["devDependencies"]),
        "Debian packages, in tests": debian,
    }


@pytest.mark.parametrize("section", _declared())
def test_each_dependency_has_a_row_and_each_row_a_dependency(section: str) -> None:
    declared = _declared()[section]
    assert declared, "nothing was found to compare with"
    assert set(_documented()[section]) == declared


def test_each_row_gives_a_reason() -> None:
    assert [package for rows in _documented().values() for package, reason in rows.items() if len(reason) < 10] == []


def test_the_document_has_no_section_that_nobody_compares() -> None:
    assert _documented().keys() == _declared().keys()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"])
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert pins
    assert "://" not in text
    for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block


def test_the_lock_for_tests_pins_what_the_lock_for_running_pins() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock")
    assert pins("requirements.lock") <= pins("requirements-dev.lock")
    assert pins("requirements-node.lock") <= pins("requirements-dev.lock")


def test_the_lock_of_the_islands_holds_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "web" / "islands" / "package-lock.json").read_text())["packages"]
    assert len(packages) > 5
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    assert [path for path, entry in packages.items() if path and "integrity" not in entry] == []

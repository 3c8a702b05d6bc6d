"""scripts/test installs every missing component, with and without arguments."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "test"
PRESENT = ("cat", "dirname", "grep", "mktemp", "rm", "sh", "tail", "wc")  # all that the bare machine below has


@pytest.mark.parametrize("arguments", [[], ["tests/contracts"]])
def test_a_bare_machine_gets_every_component(tmp_path: Path, arguments: list[str]) -> None:
    machine = tmp_path / "bin"
    machine.mkdir()
    for name in PRESENT:
        (machine / name).symlink_to(shutil.which(name) or name)
    for name in ("id", "uname", "apt-get", "ls"):
        _command(
            machine / name, {"id": "echo 0", "uname": "echo Linux", "ls": "exit 1"}.get(name, 'echo "$@" >>apt.log')
        )

    project = tmp_path / "project"
    (project / "scripts").mkdir(parents=True)
    (project / "web" / "islands").mkdir(parents=True)
    (project / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(SCRIPT, project / "scripts" / "test")
    for name in ("scripts/setup", "scripts/check", ".venv/bin/python"):
        _command(project / name, f'echo {name} "$@" >>apt.log')

    done = subprocess.run(
        [project / "scripts" / "test", *arguments], env={"PATH": str(machine)}, capture_output=True, text=True
    )

    log = (project / "apt.log").read_text().splitlines()
    install, setup = log[0].split(), log[1]
    assert install[0] == "install"
    assert {word for word in install[1:] if not word.startswith("-")} == _needed()
    assert setup == "scripts/setup --dev", "the C loop is compiled with the compiler that was just installed"
    assert "postgresql" in done.stdout, "what could not be installed is named"


def _needed() -> set[str]:
    names = set(re.findall(r"^ +need ([a-z0-9-]+) ", SCRIPT.read_text(), re.MULTILINE))
    assert {"chromium", "postgresql", "redis-server"} <= names
    return names


def _command(path: Path, line: str) -> None:
    path.write_text(f"#!{shutil.which('sh')}\n{line}\n")
    os.chmod(path, 0o755)

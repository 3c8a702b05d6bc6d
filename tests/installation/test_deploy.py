"""The files in deploy/ are accepted by the programs that they are for, and name only what exists."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from server.metrics import Metrics
from server.settings import BadSettings, read_settings
from signaling.calls import Calls
from tests.support.components import absent, find_program
from tests.support.server import ROOT
from tests.support.world import World

DEPLOY = ROOT / "deploy"
PROMETHEUS = DEPLOY / "prometheus"


@pytest.mark.parametrize("unit", ["plenary.service", "coturn.service"])
def test_systemd_accepts_the_units(unit: str, tmp_path: Path) -> None:
    program = find_program("systemd-analyze")
    if program is None:
        absent("systemd-analyze", "install the Debian package systemd")
    text = (DEPLOY / unit).read_text()
    # Programs need not be installed where the units are checked.
    (tmp_path / unit).write_text(re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", text, flags=re.MULTILINE))
    done = subprocess.run([program, "verify", "--man=no", tmp_path / unit], capture_output=True, text=True)
    faults = [line for line in done.stderr.splitlines() if unit in line]
    assert faults == []
    assert done.returncode == 0, done.stderr


def test_nobody_else_reads_what_plenary_writes() -> None:
    unit = (DEPLOY / "plenary.service").read_text().splitlines()
    assert {"UMask=0077", "StateDirectoryMode=0700"} <= set(unit)


def test_prometheus_accepts_the_alerts_and_the_configuration() -> None:
    program = find_program("promtool")
    if program is None:
        absent("promtool", "install the Debian package prometheus")
    for arguments in (["check", "rules", "alerts.yml"], ["check", "config", "prometheus.yml"]):
        done = subprocess.run([program, *arguments], cwd=PROMETHEUS, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "SUCCESS" in done.stdout


def test_every_metric_exists(world: World) -> None:
    page = generate_latest(Metrics(world.engine, Calls(world.engine)).registry).decode()
    families = set(re.findall(r"^# TYPE (\w+) ", page, re.MULTILINE))
    dashboard = json.loads((PROMETHEUS / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += re.findall(r"^ +expr: (.*)$", (PROMETHEUS / "alerts.yml").read_text(), re.MULTILINE)
    named = {name for each in expressions for name in re.findall(r"\b(?:plenary|process)_\w+", each)}
    assert len(named) > 20
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in named} - families == set()


def test_every_setting_exists(tmp_path: Path) -> None:
    for path in DEPLOY.iterdir():
        if path.is_file():
            names = set(re.findall(r"\bPLENARY_[A-Z_]+\b", path.read_text())) - {"PLENARY_WORKERS"}
            try:
                read_settings(dict.fromkeys(names, "") | {"PLENARY_DATA": str(tmp_path)})
            except BadSettings as bad:
                pytest.fail(f"{path.name}: {bad.faults}")


def test_the_example_of_settings_is_accepted(tmp_path: Path) -> None:
    lines = (DEPLOY / "plenary.env").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line.startswith("PLENARY_")]
    settings = read_settings({name: value.strip('"') for name, value in pairs} | {"PLENARY_DATA": str(tmp_path)})
    assert settings.url == "https://forum.example"


def test_the_image_copies_what_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)
    assert copied
    assert [path for path in copied if not (ROOT / path).exists()] == []
    mounted = re.findall(r"- \./(\S+?):", (DEPLOY / "compose.yaml").read_text())
    assert [path for path in mounted if not (DEPLOY / path).exists()] == []


def test_the_handbook_names_every_file() -> None:
    handbook = (ROOT / "docs" / "operations.md").read_text()
    files = [path.name for path in DEPLOY.iterdir() if path.name != "__pycache__"]
    assert [name for name in files if f"deploy/{name}" not in handbook] == []

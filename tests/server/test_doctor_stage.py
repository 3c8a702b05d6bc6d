"""What the doctor and the log of a starting server say about reaching the stage."""

import socket
from pathlib import Path

import pytest

from server.doctor import stage
from server.doctor.findings import Finding, Verdict
from server.settings import Settings, read_settings
from signaling.stage import control


def settings(folder: Path, **given: str) -> Settings:
    return read_settings(
        {"PLENARY_DATA": str(folder)} | {f"PLENARY_{name.upper()}": text for name, text in given.items()}
    )


async def found(settings: Settings) -> list[Finding]:
    return [finding async for finding in stage.check_stage(settings)]


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in findings]


async def test_the_stage_says_what_to_set_and_to_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Behind NAT and a firewall the stage works for those in the same network alone."""
    monkeypatch.setattr(stage, "own_addresses", lambda host: ["192.168.1.5", "fe80::1"])
    local = settings(tmp_path)
    assert verdicts(await found(local)) == [Verdict.OK]
    stage.warn(local)
    assert not caplog.messages

    public = {"url": "https://forum.example"}
    port, addresses = await found(settings(tmp_path, **public))
    assert (port.verdict, addresses.verdict) == (Verdict.ADVICE, Verdict.ADVICE)
    assert port.remedy == "set PLENARY_STAGE_PORT=7880, and open this UDP port in the firewall"
    assert "192.168.1.5" in addresses.text
    assert addresses.remedy.startswith("set PLENARY_STAGE_ADDRESSES to the public address")
    stage.warn(settings(tmp_path, **public))
    assert [port.remedy in message for message in caplog.messages] == [True, False]

    public |= {"stage_port": "7880", "stage_addresses": "203.0.113.5"}
    (finding,) = await found(settings(tmp_path, **public))
    assert (finding.verdict, finding.text) == (Verdict.OK, "UDP port 7880, at 203.0.113.5")
    monkeypatch.setattr(stage, "own_addresses", lambda host: ["192.168.1.5", "2a00:1450::1"])
    (finding,) = await found(settings(tmp_path, url="https://forum.example", stage_port="7880"))
    assert finding.verdict is Verdict.OK, "one public address is enough"


async def test_the_port_of_the_stage_used_by_another_program(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        given = settings(tmp_path, stage_port=str(other.getsockname()[1]))
        assert verdicts(await found(given)) == [Verdict.WRONG, Verdict.OK]
        own = control.lock(tmp_path)
        assert own is not None
        with own:  # this server's own stage process runs
            assert verdicts(await found(given)) == [Verdict.OK]

"""The doctor finds faults in real components, and says how to fix them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from rooms.core.files import inspection
from rooms.core.store.database import Database
from rooms.migrations import upgrade
from server.doctor import machine
from server.doctor.findings import Finding, Verdict
from server.doctor.machine import (
    check_address,
    check_email_library,
    check_files,
    check_islands,
    check_pictures,
    check_python,
    check_space,
)
from server.doctor.services import check_bus, check_mail, check_turn_servers
from server.doctor.storage import check_database, skew
from server.settings import Settings, read_settings
from tests.support.components import free_port
from tests.support.coturn import TurnServer
from tests.support.mail_server import MailServer
from tests.support.pgbouncer import running_pooler
from tests.support.redis import ClusterServer, running_redis
from tests.support.server import Server

SettingsWith = Callable[..., Settings]


@pytest.fixture
def settings_with(tmp_path: Path) -> SettingsWith:
    def made(**given: str) -> Settings:
        return read_settings(
            {"PLENARY_DATA": str(tmp_path)} | {f"PLENARY_{name.upper()}": text for name, text in given.items()}
        )

    return made


async def found(check: Callable[[Settings], AsyncIterator[Finding]], settings: Settings) -> list[Finding]:
    findings = [finding async for finding in check(settings)]
    assert findings
    for finding in findings:
        assert bool(finding.remedy) == (finding.needs_fixing or finding.verdict is Verdict.ADVICE)
    return findings


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in findings]


async def migrated(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


def test_a_whole_server_is_well_and_a_broken_one_is_not(server: Server) -> None:
    command = [sys.executable, "-m", "server", "doctor"]
    well = subprocess.run(
        command, env=server.environment, cwd=server.folder, capture_output=True, text=True, timeout=60
    )
    ill = [line for line in well.stdout.splitlines() if line.startswith(("missing", "wrong"))]
    assert [line for line in ill if "islands" not in line and "open files" not in line] == [], well.stdout
    broken = {**server.environment, "PLENARY_REDIS": f"redis://127.0.0.1:{free_port()}/0"}
    answer = subprocess.run(command, env=broken, cwd=server.folder, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 1
    assert "wrong   Redis" in answer.stdout
    assert answer.stderr == ""
    misspelt = subprocess.run(
        command, env={**server.environment, "PLENARY_PORT": "x"}, capture_output=True, text=True, timeout=60
    )
    assert misspelt.returncode == 1
    assert "PLENARY_PORT" in misspelt.stdout


# The database


async def test_a_new_sqlite_file_is_missing_and_not_made(settings_with: SettingsWith, tmp_path: Path) -> None:
    (only,) = await found(check_database, settings_with())
    assert (only.verdict, only.remedy) == (Verdict.MISSING, "plenary migrate")
    assert not (tmp_path / "plenary.sqlite").exists()


async def test_a_migrated_sqlite_file_is_well_and_stays_as_it_is(settings_with: SettingsWith, tmp_path: Path) -> None:
    settings = settings_with()
    await migrated(settings.database)
    before = (tmp_path / "plenary.sqlite").read_bytes()
    findings = await found(check_database, settings)
    assert set(verdicts(findings)) == {Verdict.OK}
    assert "write-ahead log" in findings[0].text
    assert (tmp_path / "plenary.sqlite").read_bytes() == before


async def test_old_tables_are_named(settings_with: SettingsWith) -> None:
    settings = settings_with()
    database = Database(settings.database)
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE other (x INTEGER)")
    await database.close()
    tables = {each.name: each for each in await found(check_database, settings)}["tables"]
    assert (tables.verdict, tables.remedy) == (Verdict.MISSING, "plenary migrate")


async def test_postgresql_is_looked_at(settings_with: SettingsWith, postgres_url: str) -> None:
    settings = settings_with(database=postgres_url)
    assert Verdict.MISSING in verdicts(await found(check_database, settings))
    await migrated(postgres_url)
    findings = await found(check_database, settings)
    assert set(verdicts(findings)) == {Verdict.OK}
    assert findings[0].text.startswith("PostgreSQL ")
    assert "database clock" in {each.name for each in findings}


async def test_a_pooler_in_transaction_mode_is_found(settings_with: SettingsWith, postgres_url: str) -> None:
    """calls.md M5: all was said to be well, and the server ended with a traceback."""
    await migrated(postgres_url)
    with running_pooler(postgres_url) as pooler:
        findings = await found(check_database, settings_with(database=pooler.url))
        (ill,) = [finding for finding in findings if finding.needs_fixing]
        assert "is a pooler in transaction mode" in ill.text
        assert "?pooler=transaction" in ill.remedy
        right = settings_with(database=f"{pooler.url}?pooler=transaction")
        assert set(verdicts(await found(check_database, right))) == {Verdict.OK}


async def test_too_many_connections_for_postgresql_are_found(
    settings_with: SettingsWith, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrated(postgres_url)
    monkeypatch.setenv("PLENARY_WORKERS", "4")
    settings = settings_with(database=postgres_url)
    assert set(verdicts(await found(check_database, settings))) == {Verdict.OK}
    monkeypatch.setenv("PLENARY_WORKERS", "40")
    (ill,) = [finding for finding in await found(check_database, settings) if finding.needs_fixing]
    assert "40 processes may open 600 connections" in ill.text
    assert "max_connections" in ill.remedy
    pooled = settings_with(database=f"{postgres_url}?pooler=transaction")
    assert set(verdicts(await found(check_database, pooled))) == {Verdict.OK}, "a pooler shares them out"


async def test_a_database_that_does_not_answer_is_wrong_and_its_password_stays_ours(
    settings_with: SettingsWith,
) -> None:
    url = f"postgresql+asyncpg://plenary:sesame@127.0.0.1:{free_port()}/plenary"
    (only,) = await found(check_database, settings_with(database=url))
    assert only.verdict is Verdict.WRONG
    assert "sesame" not in str(only)


def test_a_clock_may_differ_by_two_seconds() -> None:
    assert skew("clock", 1.9).verdict is Verdict.OK
    assert skew("clock", -2.1).verdict is Verdict.WRONG


# What else there is to talk to


async def test_redis_is_tried_as_a_bus(settings_with: SettingsWith, redis_url: str) -> None:
    findings = await found(check_bus, settings_with(redis=redis_url))
    assert verdicts(findings) == [Verdict.OK, Verdict.OK]
    assert "echo" in findings[0].text
    assert verdicts(await found(check_bus, settings_with())) == [Verdict.UNUSED]
    for scheme in ("redis", "redis+cluster"):
        nobody = settings_with(redis=f"{scheme}://127.0.0.1:{free_port()}")
        assert verdicts(await found(check_bus, nobody)) == [Verdict.WRONG]


async def test_a_cluster_is_tried_as_a_bus(settings_with: SettingsWith, redis_url: str) -> None:
    with running_redis(ClusterServer) as server:
        findings = await found(check_bus, settings_with(redis=server.url))
        assert verdicts(findings) == [Verdict.OK, Verdict.OK]
        assert "a cluster of 1" in findings[0].text
    no_cluster = settings_with(redis=redis_url.replace("redis://", "redis+cluster://"))
    assert verdicts(await found(check_bus, no_cluster)) == [Verdict.WRONG]


async def test_the_report_of_a_relay_holds_findings_alone(server: Server, turn_server: TurnServer) -> None:
    """calls.md L8: the log of a library stood between the lines."""
    turn = {"PLENARY_TURN": turn_server.url, "PLENARY_TURN_SECRET": turn_server.secret}
    run = subprocess.run(
        [sys.executable, "-m", "server", "doctor", "--only", "turn"],
        env={**server.environment, **turn},
        cwd=server.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "relays from" in run.stdout
    assert run.stderr == ""


async def test_a_relay_that_leads_inside_is_wrong(settings_with: SettingsWith, turn_server: TurnServer) -> None:
    """The coturn of the tests relays to this machine itself, which one for the public must never do (S52)."""
    settings = settings_with(turn=turn_server.url, turn_secret=turn_server.secret)
    findings = await found(check_turn_servers, settings)
    texts = {each.verdict: each.text for each in findings}
    assert "relays from 127.0.0.1" in next(each.text for each in findings if each.verdict is Verdict.OK)
    assert "lets strangers reach" in texts[Verdict.WRONG]
    refused = await found(check_turn_servers, settings_with(turn=turn_server.url, turn_secret="another"))
    assert "401" in refused[0].text
    without = await found(check_turn_servers, settings_with(turn=turn_server.url))
    assert without[0].verdict is Verdict.MISSING
    assert verdicts(await found(check_turn_servers, settings_with())) == [Verdict.UNUSED]


async def test_mail_is_tried(settings_with: SettingsWith) -> None:
    assert verdicts(await found(check_mail, settings_with())) == [Verdict.UNUSED]
    mail = MailServer("8BITMIME", "AUTH PLAIN")
    async with await asyncio.start_server(mail, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        (only,) = await found(check_mail, settings_with(smtp=f"smtp://127.0.0.1:{port}"))
        assert (only.verdict, "no TLS" in only.text) == (Verdict.OK, True)
        (only,) = await found(check_mail, settings_with(smtp=f"smtp://ada:sesame@127.0.0.1:{port}"))
        assert (only.verdict, "in the clear" in only.text) == (Verdict.WRONG, True)
        assert not any("AUTH" in line for line in mail.heard), "the password was not sent"
    (only,) = await found(check_mail, settings_with(smtp=f"smtp://127.0.0.1:{free_port()}"))
    assert only.verdict is Verdict.WRONG


# This machine


async def test_this_machine_is_looked_at(
    settings_with: SettingsWith, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = settings_with()
    assert verdicts(await found(check_python, settings)) == [Verdict.OK]
    assert verdicts(await found(check_space, settings)) == [Verdict.OK]
    (tmp_path / "secret").chmod(0o644)
    assert verdicts(await found(check_space, settings)) == [Verdict.OK, Verdict.WRONG]
    monkeypatch.setattr(machine, "BUILT", tmp_path)
    assert verdicts(await found(check_islands, settings)) == [Verdict.MISSING]
    for name in machine.BUILT_FILES:
        (tmp_path / name).write_text("")
    assert verdicts(await found(check_islands, settings)) == [Verdict.OK]
    monkeypatch.setattr(machine, "FEWEST_FILES", 10**9)
    assert (await found(check_files, settings))[0].verdict in {Verdict.WRONG, Verdict.OK}
    monkeypatch.setattr(machine, "LEAST_SPACE", 10**18)
    assert (await found(check_space, settings))[0].verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [Verdict.OK]),
        ({"url": "http://127.0.0.1:8000"}, [Verdict.OK]),
        ({"url": "http://forum.example"}, [Verdict.WRONG]),
        ({"url": "https://forum.example"}, [Verdict.OK, Verdict.WRONG]),
        ({"url": "https://forum.example", "trusted_proxies": "127.0.0.1/32"}, [Verdict.OK]),
    ],
)
async def test_the_public_address_wants_tls(
    settings_with: SettingsWith, given: dict[str, Any], expected: list[Verdict]
) -> None:
    assert verdicts(await found(check_address, settings_with(**given))) == expected


@pytest.mark.parametrize(
    ("written", "verdict"), [(b"Subject: Hello\nX-Injected: yes\n\n", Verdict.ADVICE), (None, Verdict.OK)]
)
async def test_a_python_whose_subjects_add_headers_is_found(
    settings_with: SettingsWith, monkeypatch: pytest.MonkeyPatch, written: bytes | None, verdict: Verdict
) -> None:
    def as_bytes(self: EmailMessage) -> bytes:
        if written is None:
            raise MessageError("a fixed Python refuses")
        return written

    monkeypatch.setattr(EmailMessage, "as_bytes", as_bytes)
    assert verdicts(await found(check_email_library, settings_with())) == [verdict]


async def test_several_workers_want_redis(settings_with: SettingsWith, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLENARY_WORKERS", "4")
    assert verdicts(await found(check_address, settings_with())) == [Verdict.OK, Verdict.MISSING]


async def test_a_machine_that_cannot_draw_pictures(
    settings_with: SettingsWith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdicts(await found(check_pictures, settings_with())) == [Verdict.OK]
    broken = tmp_path / "looking.py"
    broken.write_text("import a_package_that_is_not_there")
    monkeypatch.setattr(inspection, "SCRIPT", broken)
    assert verdicts(await found(check_pictures, settings_with())) == [Verdict.WRONG]

"""Runs all checks in order."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

from server.doctor.findings import Finding, wrong
from server.doctor.machine import (
    check_address,
    check_email_library,
    check_fanout,
    check_files,
    check_islands,
    check_pictures,
    check_python,
    check_space,
)
from server.doctor.services import check_bus, check_mail, check_turn_servers
from server.doctor.site import check_site
from server.doctor.stage import check_stage
from server.doctor.storage import check_database
from server.settings import BadSettings, Settings, read_settings

CHECKS: tuple[Callable[[Settings], AsyncIterator[Finding]], ...] = (
    check_python,
    check_email_library,
    check_islands,
    check_fanout,
    check_files,
    check_space,
    check_pictures,
    check_address,
    check_database,
    check_bus,
    check_mail,
    check_turn_servers,
    check_stage,
    check_site,
)


def examine(only: str = "") -> int:
    """Prints every finding and returns the exit code: 1 when something has to be fixed."""
    try:
        settings = read_settings(os.environ)
    except BadSettings as bad:
        for fault in bad.faults:
            print(wrong("settings", fault, "docs/operations.md lists every setting"))
        return 1
    findings = asyncio.run(_examine(settings, only))
    faults = sum(finding.needs_fixing for finding in findings)
    print(f"\nTo be fixed: {faults}." if faults else "\nEverything is in order.")
    return 1 if faults else 0


async def _examine(settings: Settings, only: str) -> list[Finding]:
    findings: list[Finding] = []
    for check in CHECKS:
        if only in check.__name__.removeprefix("check_"):
            async for finding in check(settings):
                print(finding, flush=True)
                findings.append(finding)
    return findings

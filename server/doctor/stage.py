"""The stage: can browsers elsewhere reach its UDP port?"""

import logging
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from server.doctor.findings import Finding, advice, ok, wrong
from server.doctor.machine import is_loopback
from server.settings import Settings
from signaling.stage import control
from signaling.stage.mux import own_addresses

log = logging.getLogger("plenary.stage")

PORT = 7880
"""An example: the one in deploy/."""


async def check_stage(settings: Settings) -> AsyncIterator[Finding]:
    port = settings.stage_port
    if port and not _is_free(port) and not _serves(settings):
        text = f"another program uses UDP port {port}"
        yield wrong("stage", text, "set PLENARY_STAGE_PORT to a free port, also where two servers share a machine")
    faults = reach(settings)
    for finding in faults:
        yield finding
    if not faults:
        where = ", ".join(settings.stage_addresses or own_addresses(""))
        yield ok("stage", f"UDP port {port or 'chosen at the start'}, at {where}")


def reach(settings: Settings) -> list[Finding]:
    """What keeps browsers elsewhere from the stage, as far as this machine knows: it cannot look at its firewall."""
    if is_loopback(urlsplit(settings.url).hostname or ""):
        return []
    found: list[Finding] = []
    if not settings.stage_port:
        text = "its UDP port is another one after every start, so a firewall cannot let it through"
        found.append(advice("stage", text, f"set PLENARY_STAGE_PORT={PORT}, and open this UDP port in the firewall"))
    own = own_addresses("")
    if not settings.stage_addresses and not any(ip_address(each).is_global for each in own):
        text = f"this machine has private addresses only ({', '.join(own)}), which browsers elsewhere cannot reach"
        remedy = "set PLENARY_STAGE_ADDRESSES to the public address, unless all attendees are in the same network"
        found.append(advice("stage", text, remedy))
    return found


def warn(settings: Settings) -> None:
    """Says the same at the start of the server: an organiser who tries the stage from this machine alone would not notice."""
    for finding in reach(settings):
        log.warning("the stage: %s. To change that, %s.", finding.text, finding.remedy)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind(("", port))
        except OSError:
            return False
    return True


def _serves(settings: Settings) -> bool:
    """Whether the stage process of this server runs: then the port is in use by it."""
    if not settings.data.is_dir():
        return False
    held = control.lock(settings.data)
    if held is not None:
        held.close()
    return held is None

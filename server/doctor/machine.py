"""Checks of this machine and installation: Python, built files, limits, disk, address settings."""

import base64
import os
import platform
import resource
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from email.errors import MessageError
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from rooms.core.delivery.fanout import LOOP
from rooms.core.errors import Problem
from rooms.core.files.inspection import Content, inspect
from server.doctor.findings import Finding, advice, missing, ok, unused, wrong
from server.settings import Settings

OLDEST_PYTHON = (3, 11)
BUILT = Path(__file__).parents[2] / "web" / "static" / "built"
BUILT_FILES = ("main.css", "main.js")
FEWEST_FILES = 4096
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGPgyk4CAAFaANhYFC47AAAAAElFTkSuQmCC"
)  # the smallest PNG
LEAST_SPACE = 1_000_000_000  # bytes


async def check_python(settings: Settings) -> AsyncIterator[Finding]:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        yield wrong("Python", f"{version} is too old", "install Python 3.11 or newer")
    else:
        yield ok("Python", f"{version} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")


async def check_email_library(settings: Settings) -> AsyncIterator[Finding]:
    """Tried out, because distributions fix a Python without changing its version."""
    message = EmailMessage()
    message["Subject"] = "=?utf-8?q?Hello=0aX-Injected:_yes?="
    try:
        injects = b"\nX-Injected:" in message.as_bytes()
    except MessageError:
        injects = False
    if injects:
        text = f"{platform.python_version()} lets a subject add headers to an email (CVE-2024-6923); Plenary avoids it, other programs may not"
        yield advice("email library", text, "install Python 3.11.10, 3.12.5, 3.13 or a later patch of them")
    else:
        yield ok("email library", "a subject cannot add headers to an email")


async def check_islands(settings: Settings) -> AsyncIterator[Finding]:
    absent = [name for name in BUILT_FILES if not (BUILT / name).exists()]
    if absent:
        remedy = "run scripts/setup, or install Plenary from its wheel"
        yield missing("islands", f"not built: {', '.join(absent)} in {BUILT}", remedy)
    else:
        yield ok("islands", "built")


async def check_fanout(settings: Settings) -> AsyncIterator[Finding]:
    if LOOP:
        yield ok("fan-out", "the compiled loop")
    else:
        yield unused("fan-out", "in Python; an installation built with a C compiler is faster")


async def check_files(settings: Settings) -> AsyncIterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FEWEST_FILES:
        remedy = f"`ulimit -n {max(FEWEST_FILES, min(hard, 65536))}`, or LimitNOFILE=65536 in the systemd unit"
        yield wrong("open files", f"a process may open only {soft}, and each person needs one", remedy)
    else:
        yield ok("open files", "no limit" if soft == resource.RLIM_INFINITY else f"{soft} for each process")


async def check_space(settings: Settings) -> AsyncIterator[Finding]:
    folder = settings.data.resolve()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        yield wrong("data folder", f"{settings.data} cannot be written", "make the user who runs Plenary its owner")
    elif free < LEAST_SPACE:
        yield wrong("data folder", f"only {free / 1e6:.0f} MB are free for {settings.data}", "free some space")
    else:
        yield ok("data folder", f"{settings.data}, {free / 1e9:.0f} GB free")
    secret = settings.data / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield wrong("secret", f"others on this machine may read {secret}", f"chmod 600 {secret}")


async def check_pictures(settings: Settings) -> AsyncIterator[Finding]:
    """Inspects and converts a small logo, as an upload would."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            await inspect(Content.LOGO, _dot(folder), Path(folder, "drawn"))
        except Problem as problem:
            remedy = "install the packages of requirements.lock: Pillow is needed, with WebP"
            yield wrong("pictures", f"a logo could not be converted: {problem}", remedy)
        else:
            yield ok("pictures", "uploads are inspected in a separate process")


async def check_address(settings: Settings) -> AsyncIterator[Finding]:
    host = urlsplit(settings.url).hostname or ""
    if settings.url.startswith("https://"):
        yield ok("public address", f"{settings.url}: cookies are sent over TLS only")
        if not settings.trusted_proxies:
            text = "no proxy is trusted to name its clients, so everybody behind it shares one rate limit"
            yield wrong("proxies", text, "set PLENARY_TRUSTED_PROXIES to the address of the proxy")
    elif is_loopback(host):
        yield ok("public address", f"{settings.url}: for this machine only")
    else:
        text = f"{settings.url}: the network can read sign-ins and everything that people write"
        yield wrong(
            "public address",
            text,
            "put a proxy with TLS in front (docs/operations.md) and give PLENARY_URL its https address",
        )
    workers = os.environ.get("PLENARY_WORKERS", "1")
    if workers.isdigit() and int(workers) > 1 and not settings.redis:
        yield missing("message bus", f"PLENARY_WORKERS={workers} but no Redis to connect them", "set PLENARY_REDIS")


def _dot(folder: str) -> Path:
    path = Path(folder, "dot")
    path.write_bytes(DOT)
    return path


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

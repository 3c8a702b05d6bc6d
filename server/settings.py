"""The settings: read from the environment here and nowhere else, all faults reported together."""

import argparse
import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from rooms.core.delivery.bus.sentinel import SCHEMES as SENTINEL
from rooms.core.delivery.bus.sentinel import SentinelAddress
from server.logs import FORMS
from signaling.ice import parse

T = TypeVar("T")
Network = IPv4Network | IPv6Network


class BadSettings(ValueError):
    """Every setting that cannot be used, one line each: the variable, what is wrong, and what would be right."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """See docs/operations.md, which a test compares with this struct. `redis`, `smtp` and `contact` are empty when there is none."""

    url: str
    database: str
    redis: str
    secret: bytes
    data: Path
    host: str
    port: int
    smtp: str
    mail_from: str
    contact: str
    name: str
    media_hosts: tuple[str, ...]
    trusted_proxies: tuple[Network, ...]
    turn: tuple[str, ...]
    turn_secret: str
    stage_port: int
    stage_addresses: tuple[str, ...]
    journal_days: int
    drain_seconds: float
    worker_port: int
    metrics_networks: tuple[Network, ...]
    log: str


def environment_of(arguments: argparse.Namespace) -> Mapping[str, str]:
    """The environment, with what the command line says instead."""
    return {**os.environ, "PLENARY_PORT": arguments.port} if arguments.port else os.environ


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises BadSettings."""
    faults: list[str] = []

    def take(variable: str, default: str, read: Callable[[str], T]) -> T:
        value = environment.get(variable, "").strip() or default
        try:
            return read(value)
        except ValueError as error:
            faults.append(f"{variable}={value!r}: {error}")
            return None  # type: ignore[return-value] - the faults are raised below, before anyone sees it

    data = take("PLENARY_DATA", "data", Path)
    port = take("PLENARY_PORT", "8000", _port)
    settings: dict[str, Any] = {
        "data": data,
        "port": port,
        "host": take("PLENARY_HOST", "127.0.0.1", str),
        "url": take("PLENARY_URL", f"http://localhost:{port}", _url),
        "database": take(
            "PLENARY_DATABASE", f"sqlite+aiosqlite:///{(data or Path('data')) / 'plenary.sqlite'}", _database
        ),
        "redis": take("PLENARY_REDIS", "", _redis),
        "secret": take("PLENARY_SECRET", "", lambda given: _secret(given, data or Path("data"))),
        "smtp": take("PLENARY_SMTP", "", _smtp),
        "mail_from": take("PLENARY_MAIL_FROM", "Plenary <no-reply@localhost>", str),
        "contact": take("PLENARY_CONTACT", "", _contact),
        "name": take("PLENARY_NAME", "Plenary", str),
        "media_hosts": take("PLENARY_MEDIA_HOSTS", "https:", _hosts),
        "trusted_proxies": take("PLENARY_TRUSTED_PROXIES", "", _networks),
        "turn": take("PLENARY_TURN", "", _turn),
        "turn_secret": take("PLENARY_TURN_SECRET", "", str),
        "stage_port": take("PLENARY_STAGE_PORT", "0", lambda text: 0 if text == "0" else _port(text)),
        "stage_addresses": take("PLENARY_STAGE_ADDRESSES", "", _addresses),
        "journal_days": take("PLENARY_JOURNAL_DAYS", "7", _days),
        "drain_seconds": take("PLENARY_DRAIN_SECONDS", "8", _drain),
        "worker_port": take("PLENARY_WORKER_PORT", "0", lambda text: 0 if text == "0" else _port(text)),
        "metrics_networks": take("PLENARY_METRICS_NETWORKS", "127.0.0.0/8 ::1/128", _networks),
        "log": take("PLENARY_LOG", "text", _log),
    }
    known = {f"PLENARY_{name.upper()}" for name in settings} | {"PLENARY_WORKERS"}
    faults += [
        f"{name}: there is no such setting" for name in environment if name.startswith("PLENARY_") and name not in known
    ]
    if faults:
        raise BadSettings(faults)
    return Settings(**settings)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError("give a port from 1 to 65535")
    return int(text)


def _days(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ValueError("give a whole number of days, 1 or more")
    return int(text)


def _drain(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 60:
        raise ValueError("give seconds from 0 to 60")
    return seconds


def _log(text: str) -> str:
    if text not in FORMS:
        raise ValueError(f"give {' or '.join(FORMS)}")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("give the public address without a path, such as https://forum.example")
    return text.rstrip("/")


def _database(text: str) -> str:
    if not text.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("give sqlite+aiosqlite:///path or postgresql+asyncpg://user:password@host/name")
    if parse_qs(urlsplit(text).query).get("pooler", ["transaction"]) != ["transaction"]:
        raise ValueError("?pooler= knows only “transaction”; a pooler in session mode needs no option")
    return text


def _redis(text: str) -> str:
    if text.startswith(SENTINEL):
        SentinelAddress(text)
    elif text and not text.startswith(("redis://", "rediss://", "unix://", "redis+cluster://", "rediss+cluster://")):
        raise ValueError(
            "give redis://host:6379/0, rediss://…, unix://…, redis+cluster://host:6379,host:6379"
            " or redis+sentinel://host:26379,host:26379/name/0"
        )
    return text


def _smtp(text: str) -> str:
    if text and (urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname):
        raise ValueError("give smtp://user:password@host:587 or smtps://host:465")
    return text


def _contact(text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise ValueError("give an email address, such as organisers@forum.example")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(text.split())
    if hosts == ("https:",):
        return hosts
    if bad := [host for host in hosts if not host.startswith("https://") or urlsplit(host).path.strip("/")]:
        raise ValueError(
            f"give origins such as https://media.example, separated by blanks (or https: for any), not {bad[0]!r}"
        )
    return hosts


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part) for part in text.split())


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(str(ip_address(part)) for part in text.split())


def _turn(text: str) -> tuple[str, ...]:
    return tuple(parse(address).address for address in text.split())


def _secret(given: str, data: Path) -> bytes:
    """The given secret, or one that is made at the first start and kept beside the data."""
    if given:
        if len(given) < 32:
            raise ValueError("give 32 characters or more, from a random source")
        return given.encode()
    path = data / "secret"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _keep(path, secrets.token_urlsafe(48))
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"no secret given, and none can be kept in {path}: {error}") from error


def _keep(path: Path, secret: str) -> None:
    """Written beside and then linked, so that of two processes that start at once both read the same, and neither reads half of it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # readable by its owner alone
        file.write(secret)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)

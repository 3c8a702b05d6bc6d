"""Addresses of several servers at once: `scheme://user:password@host:port,host:port/path?query`."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

PARTS = re.compile(r"([^:/]*)://(?:([^/?@]*)@)?([^/?]*)([^?]*)(?:\?(.*))?")


class ServerAddresses(NamedTuple):
    """`user` and `password` are still percent-encoded."""

    scheme: str
    user: str
    password: str
    hosts: list[tuple[str, int]]
    path: str
    query: dict[str, str]


def split_addresses(url: str, default_port: int) -> ServerAddresses:
    """Raises ValueError. `urlsplit` cannot do it: it refuses an IPv6 address behind another host."""
    found = PARTS.fullmatch(url)
    if found is None or not found[3]:
        raise ValueError("an address needs hosts")
    user, _, password = (found[2] or "").partition(":")
    hosts = [_host_and_port(host, default_port) for host in found[3].split(",")]
    return ServerAddresses(found[1], user, password, hosts, found[4], dict(parse_qsl(found[5] or "")))


def _host_and_port(text: str, default_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "localhost", parts.port or default_port

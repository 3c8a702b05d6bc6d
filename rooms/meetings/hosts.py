"""Hosts of meetings: slices that open meetings register a function that reads the host, such as a booth and its staff."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.people import PersonView


class Host(NamedTuple):
    """`name` of the host; `staff`: ids of those who work for it; `free`: members of the staff who are not invited yet, by name."""

    name: str
    staff: frozenset[str]
    free: list[PersonView]


NO_HOST = Host("", frozenset(), [])

ReadHosts = Callable[[AsyncConnection, Collection[str]], Awaitable[Mapping[str, Host]]]
"""A function: meetings → hosts of this kind, for meetings that have one."""

_READERS: list[ReadHosts] = []


def register(read: ReadHosts) -> None:
    _READERS.append(read)


async def hosts_of(connection: AsyncConnection, meetings: Collection[str]) -> dict[str, Host]:
    """The hosts of these meetings; meetings without one are left out."""
    found: dict[str, Host] = {}
    for read in _READERS:
        found |= await read(connection, meetings)
    return found


async def host_of(connection: AsyncConnection, meeting: str) -> Host:
    return (await hosts_of(connection, [meeting])).get(meeting, NO_HOST)

"""What waits for a person in a conference: each slice registers how to find its part, and the lobby shows it all.

A slice adds a function with `@waits` in its module `waiting.py`, and the text of each kind in web/waiting_texts.py.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.links import Target


class Waiting(NamedTuple):
    """`number` things of a kind wait for the person at `target`. `name`: of what they belong to, such as a booth, if the text names it."""

    kind: str
    number: int
    target: Target
    name: str = ""


Find = Callable[[AsyncConnection, Actor, datetime], Awaitable[Iterable[Waiting]]]
"""(connection, the person in the lobby, now) → what waits for them. A number of 0 is not shown."""

FINDERS: list[Find] = []


def waits(find: Find) -> Find:
    """Registers a function. It is only called for people who take part in the conference."""
    FINDERS.append(find)
    return find


async def waiting_for(connection: AsyncConnection, actor: Actor, now: datetime) -> list[Waiting]:
    """In the order in which the slices registered."""
    found: list[Waiting] = []
    for find in FINDERS:
        found += [each for each in await find(connection, actor, now) if each.number]
    return found

"""A crowd of clients (client.py) in one room: they arrive, act and agree on what has happened."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tests.faults.client import Client, LiveAddress
from tests.faults.ground import Ground
from tests.faults.oracle import Witness
from tests.support.waiting import until

IN_FLIGHT = 500
"""Handshakes and joins at the same time. With more, this one program is too slow to say hello within 5 seconds."""
ARRIVING = 250  # at once, at the beginning; when a connection is lost they come back as they like


class Crowd(list[Client]):
    @property
    def witnesses(self) -> list[Witness]:
        return [client.witness for client in self]

    @property
    def delays(self) -> list[float]:
        return sorted(delay for client in self for delay in client.delays)

    @property
    def closes(self) -> Counter[int]:
        return sum((client.closes for client in self), Counter())

    @property
    def refusals(self) -> Counter[str]:
        return sum((client.refusals for client in self), Counter())

    async def all_in(self, seconds: float = 30) -> None:
        await until(lambda: all(client.joined.is_set() for client in self), seconds)

    async def act(self, commands: int, pause: float = 0.0) -> None:
        """Everybody says so many things, one after the other."""

        async def one(client: Client) -> None:
            for _ in range(commands):
                await client.chat()
                if pause:
                    await asyncio.sleep(random.uniform(0, 2 * pause))

        async with asyncio.TaskGroup() as group:
            for client in self:
                group.create_task(one(client))

    async def agree(self, seconds: float = 15) -> None:
        """Returns when all have joined and reached the same seq, at least the highest acknowledged one."""
        top = max((ack.seq or 0 for client in self for ack in client.witness.acks), default=0)

        def agreed() -> bool:
            positions = {client.witness.position for client in self}
            return len(positions) == 1 and max(positions) >= top and all(client.joined.is_set() for client in self)

        await until(agreed, seconds)


@asynccontextmanager
async def crowd(
    ground: Ground, doors: Callable[[], LiveAddress], *, first: int = 0, count: int | None = None, wait: float = 30
) -> AsyncGenerator[Crowd]:
    """The ground's people from number `first` on, all in the session's room. Whatever happens, they leave."""
    numbers = range(first, len(ground.people) if count is None else first + count)
    people = Crowd(Client(ground, number, doors) for number in numbers)
    gate = asyncio.Semaphore(IN_FLIGHT)
    for client in people:
        client.gate = gate
    try:
        for start in range(0, len(people), ARRIVING):
            arriving = Crowd(client.start() for client in people[start : start + ARRIVING])
            await arriving.all_in(wait)
        yield people
    finally:
        await asyncio.gather(*(client.stop() for client in people))
        await asyncio.sleep(0.05)  # for the sockets to close


def p99(values: list[float]) -> float:
    """The value that one in a hundred exceeds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]

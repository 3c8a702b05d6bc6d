"""A bad network for datagrams: forwards them to one address, and loses as many as a test wants."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

Address = tuple[str, int]


class LossyRelay(asyncio.DatagramProtocol):
    """`loss`: the part of the datagrams that is lost, each way, from 0 to 1. `passed` and `lost` count them."""

    def __init__(self, target: Address, seed: int) -> None:
        self.loss = 0.0
        self.passed = 0
        self.lost = 0
        self._target = target
        self._chance = random.Random(seed)
        self._ways: dict[Address, asyncio.DatagramTransport] = {}
        self._opening: dict[Address, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._door: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._door = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self._falls():
            return
        if addr in self._ways:
            self._ways[addr].sendto(data)
        elif addr in self._opening:
            self._opening[addr].append(data)
        else:
            self._opening[addr] = [data]
            task = asyncio.create_task(self._open(addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _open(self, addr: Address) -> None:
        loop = asyncio.get_running_loop()
        way, _ = await loop.create_datagram_endpoint(lambda: _Back(self, addr), remote_addr=self._target)
        self._ways[addr] = way
        for data in self._opening.pop(addr):
            way.sendto(data)

    def back(self, data: bytes, addr: Address) -> None:
        if not self._falls() and self._door is not None:
            self._door.sendto(data, addr)

    def _falls(self) -> bool:
        lost = self._chance.random() < self.loss
        self.lost += lost
        self.passed += not lost
        return lost

    def close(self) -> None:
        for way in self._ways.values():
            way.close()
        if self._door is not None:
            self._door.close()


class _Back(asyncio.DatagramProtocol):
    def __init__(self, relay: LossyRelay, addr: Address) -> None:
        self._relay = relay
        self._addr = addr

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._relay.back(data, self._addr)


@asynccontextmanager
async def lossy_relay(port: int, *, listening: int, seed: int = 1) -> AsyncIterator[LossyRelay]:
    """In front of a port of 127.0.0.1, on another one."""
    loop = asyncio.get_running_loop()
    _, relay = await loop.create_datagram_endpoint(
        lambda: LossyRelay(("127.0.0.1", port), seed), local_addr=("127.0.0.1", listening)
    )
    try:
        yield relay
    finally:
        relay.close()

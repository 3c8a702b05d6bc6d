"""A TCP proxy on the loopback that can be a bad network: slow, stalling, cut, refusing, or swallowing everything without a word.

Loss and reordering under TCP reach a program as stalls: each lost packet holds back all that follows until it has come again. So they are made here.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

CHUNK = 1448  # bytes: about one packet


@dataclass
class Weather:
    """`latency` each way and `stall` in seconds; a packet stalls with the probability `loss`. `swallow`: nothing passes, without any error."""

    latency: float = 0.0
    loss: float = 0.0
    stall: float = 0.3
    swallow: bool = False
    refuse: bool = False


class Proxy:
    def __init__(self, target: int) -> None:
        self.weather = Weather()
        self.port = 0
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._swallowed: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Ends every connection with a reset."""
        for writer in list(self._writers):
            writer.transport.abort()

    def forget(self) -> None:
        """Loses what it knows of the connections that there are: nothing passes through them any more. New ones do."""
        self._swallowed |= self._writers

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        legs = {writer}
        try:
            if self.weather.refuse:
                return
            onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._target)
            legs.add(onward)
            self._writers |= legs
            await asyncio.gather(self._carry(reader, onward), self._carry(onward_reader, writer))
        except OSError:
            pass  # one end is gone, and so the other
        finally:
            self._writers -= legs
            self._swallowed -= legs
            for each in legs:
                # Not close(), which would wait for a reader that may never read; and also when the test ends before there is a way onward.
                each.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        free_at = loop.time()
        late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await late.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not (self.weather.swallow or writer in self._swallowed):
                    writer.write(data)
                    await writer.drain()
                if not data:
                    return

        task = asyncio.create_task(deliver())
        try:
            await self._take_in(reader, late, free_at)
            if reader.exception() is None:
                await task
        finally:
            writer.transport.abort()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task

    async def _take_in(
        self, reader: asyncio.StreamReader, late: "asyncio.Queue[tuple[float, bytes]]", free_at: float
    ) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while True:
                data = await reader.read(CHUNK)
                weather = self.weather
                stall = weather.stall * random.uniform(0.7, 1.3) if random.random() < weather.loss else 0.0
                free_at = max(free_at, loop.time() + weather.latency + stall)  # what comes later cannot overtake
                late.put_nowait((free_at, data))
                if not data:
                    break

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Proxy"]:
        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        server = await asyncio.start_server(accepted, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.sleep(0)  # what was aborted is closed in the next turn of the loop

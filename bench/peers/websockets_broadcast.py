"""The peer in Python: websockets.broadcast, which frames once and writes to every transport.  PORT RATE SIZE, from SIGUSR1 on."""

import asyncio
import signal
import sys
import time

from websockets.asyncio.server import ServerConnection, broadcast, serve

PORT, RATE, SIZE = map(int, sys.argv[1:4])
members: set[ServerConnection] = set()


async def member(connection: ServerConnection) -> None:
    members.add(connection)
    try:
        await connection.wait_closed()
    finally:
        members.discard(connection)


async def main() -> None:
    go = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, go.set)
    async with serve(member, "127.0.0.1", PORT, compression=None, ping_interval=28, open_timeout=60):
        await go.wait()
        due = time.monotonic()
        while True:
            broadcast(members, f"@{time.monotonic_ns()}@".ljust(SIZE, "x"))
            due += 1 / RATE
            await asyncio.sleep(max(0, due - time.monotonic()))


asyncio.run(main())

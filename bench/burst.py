"""How long a chat message takes while 300 requests for a page are always under way, with `server/admission.py` and without it.

python -m bench.burst
"""

import asyncio
import contextlib
import random
import sys
import time

from tests.support.process import temporary_folder
from tests.support.server import Server, furnish, ticket_for
from tests.support.wire import Wire, wire

REQUESTS, MESSAGES = 300, 40
WITHOUT = """
import sys
from server.admission import RequestPacer
async def enter(self): pass
RequestPacer.enter = enter
from server.__main__ import main
sys.exit(main())
"""


async def main() -> None:
    for paced in (True, False):
        delays = sorted(await measure(paced=paced))
        middle, late = delays[len(delays) // 2], delays[len(delays) * 19 // 20]
        print(f"{'with' if paced else 'without'}: p50 {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms", flush=True)


async def measure(*, paced: bool) -> list[float]:
    """The seconds from sending to the acknowledgement, of each message that was not refused for its rate."""
    with temporary_folder("burst") as folder:
        server = Server(folder, f"sqlite+aiosqlite:///{folder / 'plenary.sqlite3'}")
        if not paced:
            server.command = [sys.executable, "-c", WITHOUT, "run"]
        with server:
            world = await furnish(server)
            ticket = await ticket_for(world.engine, world.people["moderator"])
            async with wire(server.socket_url, ticket) as client:
                await client.join(world.room)
                requests = asyncio.create_task(keep_asking(server.port))
                await asyncio.sleep(1)
                delays = [
                    seconds for n in range(MESSAGES) if (seconds := await post(client, world.room, n)) is not None
                ]
                requests.cancel()
            await world.close()
            return delays


async def post(client: Wire, room: str, number: int) -> float | None:
    await asyncio.sleep(0.2)
    began = time.perf_counter()
    answer = await client.command("chat.post", room, text=f"Message {number} {random.random()}")
    return time.perf_counter() - began if "ok" in answer else None


async def keep_asking(port: int) -> None:
    async def ask() -> None:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            await reader.read()
            writer.close()

    while True:
        await asyncio.gather(*(ask() for _ in range(REQUESTS)))


if __name__ == "__main__":
    asyncio.run(main())

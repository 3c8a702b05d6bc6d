"""Waiting for what must come, with a deadline, instead of sleeping and hoping."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from rooms.core.engine import Engine
from rooms.core.store import journal

DEADLINE = 10.0  # seconds
PAUSE = 0.005


async def until(condition: Callable[[], Any | Awaitable[Any]], seconds: float = DEADLINE) -> Any:
    """Waits until the condition (a plain or an async function) holds, and gives its value. Fails at the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        held = condition()
        if inspect.isawaitable(held):
            held = await held
        if held:
            return held
        if loop.time() > end:
            raise AssertionError(f"waited {seconds} s in vain for {inspect.getsource(condition).strip()}")
        await asyncio.sleep(PAUSE)


async def settled(*engines: Engine, seconds: float = DEADLINE) -> None:
    """Returns when every engine has delivered everything committed to its members, and no join is pending."""

    async def at_rest() -> bool:
        for engine in engines:
            feeds = list(engine.hub._feeds.values())
            async with engine.database.read() as connection:
                heads = await journal.heads(connection, [feed.room for feed in feeds])
            for feed in feeds:
                head = heads[feed.room]
                if (feed.epoch, feed.seq) != (head.epoch, head.seq) or feed.values_version < head.values_version:
                    return False
                if feed.has_news or feed.due or feed.filling or feed.values_missed:
                    return False
            if engine.hub._tasks.running:
                return False
        return True

    await until(at_rest, seconds)

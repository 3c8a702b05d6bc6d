"""What a process does beside what it was asked for: a fault in it is logged, and ends nothing else."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from rooms.core.errors import Problem

Work = Coroutine[Any, Any, None]


class Tasks:
    """`passing` are those that come to an end by themselves."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self.passing: set[asyncio.Task[None]] = set()
        self._lasting: set[asyncio.Task[None]] = set()

    def spawn(self, work: Work) -> None:
        task = asyncio.create_task(work)
        self.passing.add(task)
        task.add_done_callback(self._done)

    def repeat(self, seconds: float, work: Callable[[], Work]) -> None:
        self._lasting.add(asyncio.create_task(self._every(seconds, work)))

    async def end(self) -> None:
        tasks = [*self.passing, *self._lasting]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.passing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, Problem):
                self._log.warning("put off: %s", error)
            else:
                self._log.error("a task failed", exc_info=error)

    async def _every(self, seconds: float, work: Callable[[], Work]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Problem as problem:
                self._log.warning("put off: %s", problem)
            except Exception:
                self._log.exception("what is done every %s seconds failed this time", seconds)

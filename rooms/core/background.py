"""Background tasks of a process. One that fails is logged and counted, and ends nothing else."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from rooms.core.errors import Problem

T = TypeVar("T")
Work = Coroutine[Any, Any, T]


class BackgroundTasks:
    """`running`: spawned tasks that have not ended; `failures`: how often each repeated task has failed, by name."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self.running: set[asyncio.Task[Any]] = set()
        self.failures: Counter[str] = Counter()
        self._repeated: set[asyncio.Task[None]] = set()

    def spawn(self, work: Work[T]) -> asyncio.Task[T]:
        """Runs `work` to its end, even when nobody waits for it any longer."""
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self._done)
        return task

    def repeat(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Runs `work` every so many seconds, and again after it has failed."""
        self._repeated.add(asyncio.create_task(self._repeat(name, seconds, work), name=name))

    async def end(self) -> None:
        tasks = [*self.running, *self._repeated]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, Problem):
                self._log.warning("a task was put off: %s", error)
            else:
                self._log.error("a task failed", exc_info=error)

    async def _repeat(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Problem as problem:
                self.failures[name] += 1
                self._log.warning("%s was put off: %s", name, problem)
            except Exception:
                self.failures[name] += 1
                self._log.exception("%s failed; it runs again in %s seconds", name, seconds)

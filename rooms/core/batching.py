"""Batches concurrent requests: those that arrive while a batch runs form the next batch. A thousand joins at once are a few queries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST_AT_ONCE = 256


class Batcher(Generic[K, V]):
    """`answer` returns an answer for each request, in order; an answer that is an exception is raised to the caller."""

    def __init__(self, answer: Callable[[Sequence[K]], Awaitable[Sequence[V | Exception]]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, request: K) -> V:
        future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def end(self) -> None:
        """Returns when all requests have been answered, so that nothing reads from a database that is about to close."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                answers: Sequence[V | Exception]
                try:
                    answers = await self._answer([request for request, _ in batch])
                except Exception as fault:
                    answers = [fault] * len(batch)
                for (_, future), answer in zip(batch, answers, strict=True):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self._task = None

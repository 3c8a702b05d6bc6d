"""Runs the solver in a process of its own, with its progress, until it ends or is cancelled."""

import asyncio
import contextlib
import importlib.util
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from rooms.matchmaking.schedule.task import Progress, Solution, Task

SCRIPT = Path(__file__).with_name("process.py")
SECONDS = 1800.0
"""The longest time for a schedule on a busy machine. The process limits its CPU time itself."""
TICK = 1.0
LONGEST_LINE = 64 << 20


class SolverFailed(Exception):
    """The process crashed, or exceeded its memory or its time."""


def is_installed() -> bool:
    return importlib.util.find_spec("ortools") is not None


async def run_solver(task: Task, go_on: Callable[[int], Awaitable[bool]], tick: float = TICK) -> Solution | None:
    """None if it was cancelled: `go_on` is called with the progress about once a second, and ends the process when it returns False.
    Raises SolverFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(SCRIPT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        limit=LONGEST_LINE,
    )
    feeding = asyncio.create_task(_feed(process, await asyncio.to_thread(msgspec.json.encode, task)))
    try:
        async with asyncio.timeout(SECONDS):
            return await _follow(process, go_on, tick)
    except TimeoutError as error:
        raise SolverFailed from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(ConnectionError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _follow(
    process: asyncio.subprocess.Process, go_on: Callable[[int], Awaitable[bool]], tick: float
) -> Solution | None:
    assert process.stdout is not None
    done = 0
    reading = asyncio.create_task(process.stdout.readline())
    try:
        while True:
            if not await go_on(done):
                return None
            await asyncio.wait([reading], timeout=tick)
            while reading.done():
                line = reading.result()
                if not line:
                    raise SolverFailed
                progress = msgspec.json.decode(line, type=Progress)
                if progress.solution is not None:
                    return progress.solution
                done = progress.done
                reading = asyncio.create_task(process.stdout.readline())
                await asyncio.wait([reading], timeout=0.01)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)

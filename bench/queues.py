"""Queues at the size of a large fair: are visitors called once, do they keep their places, and is the promised wait right?

    python -m bench.queues [--booths 300] [--visitors 10000] [--seed 1] [--engine sqlite | postgres]

A day at a simulated fair (bench/fair.py). By default its places are kept in memory (bench/fair_in_memory.py), and the functions of the real queue
decide. With --engine, every step is a command on a database, which takes an hour or more for the full size. Each promise is read when a visitor
joins, as their page would show it.
"""

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random

import rooms.slices  # noqa: F401
import web.links  # noqa: F401 - builds the links in notices
from bench.fair import Fair
from bench.fair_in_memory import FairInMemory
from bench.stands import START
from rooms.core.delivery.bus.memory import MemoryBus, Switchboard
from tests.support.postgres import running_postgres
from tests.support.world import NoRateLimits, TestClock, create_tables, make_engine


@dataclass
class Figures:
    """`errors`: relative errors of promises of a minute or more, without their sign; `signed`: with it; `warned`: seconds from warning to call."""

    counts: Counter[str]
    errors: list[float]
    signed: list[float]
    warned: list[float]
    commands: int

    def quantile(self, share: float) -> float:
        return sorted(self.errors)[min(int(share * len(self.errors)), len(self.errors) - 1)]


async def simulate(url: str, booths: int, visitors: int, seed: int) -> Figures:
    """On a database; without a `url`, in memory. Raises AssertionError when somebody is called twice at once or a place is lost."""
    clock = TestClock(START)
    if not url:
        return await _day(FairInMemory(clock, Random(seed)), booths, visitors)
    await create_tables(url)
    engine = make_engine(url, MemoryBus(Switchboard()), clock)
    object.__setattr__(engine, "limits", NoRateLimits())
    await engine.hub.start()
    try:
        return await _day(Fair(engine, clock, Random(seed)), booths, visitors)
    finally:
        await engine.hub.stop()
        await engine.database.close()


async def _day(fair: Fair, booths: int, visitors: int) -> Figures:
    await fair.build(booths, visitors)
    fair.schedule()
    await fair.run()
    counts, warned = fair.counts + await fair.outcomes(), await fair.warned()
    released = counts["notice queue.released"] + counts["notice queue.reopens"]
    assert counts["done"] == counts["talks"], "every talk has ended"
    ended = counts["lost patience"] + counts["lost after three calls"] + released + counts["talks"]
    assert counts["joined"] == ended, "no place was lost"
    kept = [each for each in fair.promises.values() if each.actual is not None and 60 <= each.wait < inf]
    signed = [((each.actual or 0) - each.wait) / each.wait for each in kept]
    return Figures(counts, [abs(each) for each in signed], signed, warned, sum(fair.commands.values()))


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--booths", type=int, default=300)
    parser.add_argument("--visitors", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgres"))
    args = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'fair.sqlite3'}" if args.engine else ""
        if args.engine == "postgres":
            server = stack.enter_context(running_postgres())
            url = server.url(await server.create_database())
        figures = await simulate(url, args.booths, args.visitors, args.seed)
    print(
        f"{args.booths} booths, {args.visitors} visitors: {figures.commands} commands in {time.perf_counter() - began:.0f} s"
    )
    print(", ".join(f"{name} {count}" for name, count in sorted(figures.counts.items())))
    print(
        f"{len(figures.errors)} promises of a minute or more: median error {statistics.median(figures.errors):.1%}, ",
        end="",
    )
    print(", ".join(f"p{share} {figures.quantile(share / 100):.0%}" for share in (75, 90, 95)), end=", ")
    print(
        f"mean with its sign {statistics.mean(figures.signed):+.0%}, median with its sign {statistics.median(figures.signed):+.0%}"
    )
    print(f"{len(figures.warned)} were warned, {statistics.median(figures.warned):.0f} s before their call (median)")


if __name__ == "__main__":
    asyncio.run(main())

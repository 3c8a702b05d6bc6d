"""A small simulated fair: shifts, breaks, visitors who do not answer and visitors who lose patience. docs/performance.md has the large one."""

import statistics
from pathlib import Path

from bench.queues import simulate


async def test_nobody_is_called_twice_no_place_is_lost_and_promises_are_kept(tmp_path: Path) -> None:
    figures = await simulate(f"sqlite+aiosqlite:///{tmp_path / 'fair.sqlite3'}", booths=2, visitors=120, seed=5)
    for happened in ("talks", "missed calls", "lost patience", "notice queue.soon", "notice queue.released"):
        assert figures.counts[happened] > 0, happened
    assert len(figures.errors) > 50
    assert statistics.median(figures.errors) < 0.25
    assert abs(statistics.median(figures.signed)) < 0.15
    assert 30 <= statistics.median(figures.warned) <= 90, "about a minute before"


async def test_the_fair_in_memory_tells_the_same() -> None:
    """It is what docs/performance.md measures at full size, without a database."""
    figures = await simulate("", booths=20, visitors=700, seed=1)
    assert figures.counts["talks"] > 900
    assert statistics.median(figures.errors) < 0.25
    assert 30 <= statistics.median(figures.warned) <= 90

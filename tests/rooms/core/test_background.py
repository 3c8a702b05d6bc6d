"""Background tasks: one that fails is counted and tried again, and ends nothing else."""

import asyncio
import logging

import pytest

import rooms.slices  # noqa: F401 - registers the jobs
from rooms.core.background import BackgroundTasks
from rooms.core.errors import Problem
from rooms.core.jobs import JOBS
from tests.support.waiting import until


@pytest.mark.parametrize("fault", [KeyError("a fault of ours"), Problem("unavailable", "The database is down.")])
async def test_a_repeated_task_that_fails_is_counted_and_tried_again(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    tasks = BackgroundTasks(logging.getLogger("plenary.test"))
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise fault

    tasks.repeat("a job", 0.001, work)
    await until(lambda: len(runs) >= 4)
    await tasks.end()
    assert tasks.failures == {"a job": 2}
    assert "a job" in caplog.text


async def test_a_spawned_task_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    tasks = BackgroundTasks(logging.getLogger("plenary.test"))

    async def fail() -> None:
        raise KeyError("a fault of ours")

    tasks.spawn(fail())
    await until(lambda: not tasks.running)
    await asyncio.sleep(0)
    assert "a task failed" in caplog.text


def test_slices_register_their_jobs() -> None:
    names = {job.name for job in JOBS}
    assert {"people.housekeeping.forget_old", "exhibition.jobs.forget_old"} <= names
    assert len(names) == len(JOBS)

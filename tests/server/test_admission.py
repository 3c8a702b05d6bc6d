"""A burst of requests hardly delays other work that takes many small steps."""

import asyncio
from pathlib import Path

import httpx
import pytest

from server.admission import TURNS, RequestPacer
from server.app import make_app
from server.settings import read_settings

STEPS = 24  # turns of the loop that a message of the chat takes


async def test_one_who_talks_waits_for_few_of_very_many_requests() -> None:
    pacer = RequestPacer()
    begun: list[int] = []

    async def request(number: int) -> None:
        await pacer.enter()
        begun.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(1000):
            group.create_task(request(number))
        for _ in range(STEPS):
            await asyncio.sleep(0)
        assert 1 <= len(begun) <= STEPS // TURNS + 1
    assert begun == list(range(1000)), "all come in, in the order in which they came"


async def test_who_comes_alone_does_not_wait() -> None:
    pacer = RequestPacer()
    for _ in range(3):
        entering = pacer.enter()
        try:
            entering.send(None)
        except StopIteration:
            pass
        else:
            raise AssertionError("the request had to wait")
        for _ in range(TURNS + 1):
            await asyncio.sleep(0)


async def test_who_gives_up_holds_nobody_up() -> None:
    pacer = RequestPacer()
    tasks = [asyncio.create_task(pacer.enter()) for _ in range(10)]
    await asyncio.sleep(0)
    for task in tasks[1:9]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in done] == [type(None), *[asyncio.CancelledError] * 8, type(None)]


async def test_health_checks_are_answered_before_all_others(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def for_ever(self: RequestPacer) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(RequestPacer, "enter", for_ever)
    given = {"DATABASE": sqlite_url, "DATA": str(tmp_path), "SECRET": "x" * 40, "URL": "http://localhost:8000"}
    app = make_app(read_settings({f"PLENARY_{name}": value for name, value in given.items()}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        assert (await client.get("/health/live")).status_code == 200
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get("/sign-in"), 0.1)

"""However many requests come at once, whoever does something else in many small steps waits for few of them."""

import asyncio

from server.turnstile import TURNS, Turnstile

STEPS = 24  # turns of the loop that a message of the chat takes


async def test_one_who_talks_waits_for_few_of_very_many_requests() -> None:
    turnstile = Turnstile()
    begun: list[int] = []

    async def request(number: int) -> None:
        await turnstile.enter()
        begun.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(1000):
            group.create_task(request(number))
        for _ in range(STEPS):
            await asyncio.sleep(0)
        assert 1 <= len(begun) <= STEPS // TURNS + 1
    assert begun == list(range(1000)), "all come in, in the order in which they came"


async def test_who_comes_alone_does_not_wait() -> None:
    turnstile = Turnstile()
    for _ in range(3):
        entering = turnstile.enter()
        try:
            entering.send(None)
        except StopIteration:
            pass
        else:
            raise AssertionError("he waited")
        for _ in range(TURNS + 1):
            await asyncio.sleep(0)


async def test_who_gives_up_holds_nobody_up() -> None:
    turnstile = Turnstile()
    tasks = [asyncio.create_task(turnstile.enter()) for _ in range(10)]
    await asyncio.sleep(0)
    for task in tasks[1:9]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in done] == [type(None), *[asyncio.CancelledError] * 8, type(None)]

"""A connection's replacements for asyncio's Queue and Event behave like the originals."""

import asyncio

import pytest

from server.live.slim_asyncio import SlimEvent, SlimQueue


async def test_messages_come_in_order_whether_one_waits_or_not() -> None:
    queue = SlimQueue()
    assert queue.empty()
    queue.put_nowait(1)
    queue.put_nowait(2)
    assert [await queue.get(), await queue.get()] == [1, 2]
    reading = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    for number in (3, 4):
        queue.put_nowait(number)
    assert await reading == 3
    assert not queue.empty()
    assert await queue.get() == 4


async def test_a_cancelled_reader_takes_no_message_away() -> None:
    queue = SlimQueue()
    for late in (False, True):
        reading = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        if late:
            queue.put_nowait("kept")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    queue.put_nowait("too")
    assert [await queue.get(), await queue.get()] == ["kept", "too"]


async def test_a_gate_lets_all_through_when_it_opens() -> None:
    event = SlimEvent()
    assert event.is_set()
    assert await event.wait()
    event.clear()
    event.clear()
    waiting = [asyncio.create_task(event.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not event.is_set()
    assert not any(task.done() for task in waiting[1:]), "who goes away does not open it for the others"
    event.set()
    assert await asyncio.gather(*waiting[1:]) == [True, True]
    assert event.is_set()


async def test_an_event_cleared_at_once_keeps_its_waiters_waiting() -> None:
    event = SlimEvent()
    event.clear()
    waiting = asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    event.set()
    event.clear()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    assert await waiting

"""What stands in for asyncio's Queue and Event in a connection does what they do."""

import asyncio

import pytest

from server.live.inbox import Gate, Inbox


async def test_messages_come_in_order_whether_one_waits_or_not() -> None:
    inbox = Inbox()
    assert inbox.empty()
    inbox.put_nowait(1)
    inbox.put_nowait(2)
    assert [await inbox.get(), await inbox.get()] == [1, 2]
    reading = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for number in (3, 4):
        inbox.put_nowait(number)
    assert await reading == 3
    assert not inbox.empty()
    assert await inbox.get() == 4


async def test_one_who_gives_up_waiting_takes_no_message_with_him() -> None:
    inbox = Inbox()
    for late in (False, True):
        reading = asyncio.create_task(inbox.get())
        await asyncio.sleep(0)
        if late:
            inbox.put_nowait("kept")
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    inbox.put_nowait("too")
    assert [await inbox.get(), await inbox.get()] == ["kept", "too"]


async def test_a_gate_lets_all_through_when_it_opens() -> None:
    gate = Gate()
    assert gate.is_set()
    assert await gate.wait()
    gate.clear()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not gate.is_set()
    assert not any(task.done() for task in waiting[1:]), "who goes away does not open it for the others"
    gate.set()
    assert await asyncio.gather(*waiting[1:]) == [True, True]
    assert gate.is_set()


async def test_a_gate_that_is_closed_again_at_once_holds_whom_it_let_go() -> None:
    gate = Gate()
    gate.clear()
    waiting = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)
    gate.set()
    gate.clear()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    assert await waiting

"""Messages of a connection wait for each other, a heartbeat for none of them, and the client when too many wait."""

import asyncio
from typing import Any

import msgspec

from server.live.message_queue import MOST_WAITING, MessageQueue
from tests.server.test_connection import welcomed
from tests.support.waiting import until
from tests.support.world import World


class Desk:
    """Handles messages once it is open."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.open = asyncio.Event()

    async def handle(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.handled.append(message["number"])


async def test_messages_are_handled_in_order() -> None:
    desk = Desk()
    queue = MessageQueue(desk.handle)
    for number in range(5):
        queue.put({"number": number})
    assert desk.handled == []
    desk.open.set()
    await queue.finish()
    assert desk.handled == [0, 1, 2, 3, 4]
    queue.put({"number": 5})
    await queue.finish()
    assert desk.handled[-1] == 5


async def test_too_many_messages_delay_their_sender() -> None:
    desk = Desk()
    queue = MessageQueue(desk.handle)

    async def bring() -> None:
        for number in range(MOST_WAITING * 2):
            queue.put({"number": number})
            await queue.room()
            brought.append(number)

    brought: list[int] = []
    bringing = asyncio.create_task(bring())
    await until(lambda: len(brought) >= MOST_WAITING - 1)
    await asyncio.sleep(0.01)
    assert len(brought) <= MOST_WAITING
    desk.open.set()
    await bringing
    await queue.finish()
    assert desk.handled == list(range(MOST_WAITING * 2))


async def test_a_heartbeat_is_answered_while_a_command_waits(world: World) -> None:
    client = await welcomed(world, "attendee")
    queue = MessageQueue(client.connection.handle)
    async with world.engine.database.write():  # nobody else can write now
        command = {"op": "chat.post", "id": 1, "room": world.room, "key": "k" * 10, "text": "Hello"}
        read = client.connection.read(msgspec.json.encode(command).decode())
        assert read is not None
        queue.put(read)
        await asyncio.sleep(0.05)
        assert client.connection.read('{"op":"heartbeat","id":2}') is None
        assert client.sink.messages[-1]["id"] == 2
        assert all(message.get("id") != 1 for message in client.sink.messages)
    await queue.finish()
    assert client.sink.messages[-1]["id"] == 1
    assert "ok" in client.sink.messages[-1]
    client.connection.end()

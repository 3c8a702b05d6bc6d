"""Joining a warm room: CPU of each join, its snapshot encoded and handed over, without sockets.

    python -m bench.joins [--people 2000]

The room holds a hundred messages and fifty questions, and already has one member. Everybody is a different person, signed in and with rights of their
own. "together": a hundred come at the same moment, as after a reconnect; "alone": each comes when the one before is in.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import msgspec

from bench.measuring import settle
from rooms.chat.messages import PostMessage
from rooms.core.delivery.hub import Joined
from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import DirectSink, EncodedMessage
from rooms.forum.questions.messages import AskQuestion
from rooms.people import accounts
from tests.support.world import World, running_world


class Counter(DirectSink):
    """Takes what it is given, and counts the bytes."""

    def __init__(self) -> None:
        self.bytes = 0

    def write(self, message: EncodedMessage) -> None:
        self.bytes += len(message.frame)

    def close(self, code: int, reason: str) -> None:
        raise RuntimeError(reason)


async def measure(people: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running_world(f"sqlite+aiosqlite:///{Path(folder) / 'plenary.sqlite3'}") as world:
            world.lift_limits()
            for number in range(100):
                await world.do("attendee", PostMessage(f"Message number {number} of this room"))
            for number in range(50):
                await world.do("other", AskQuestion(f"Question number {number} of this room?", False))
            async with world.engine.database.write() as connection:
                made = [
                    await accounts.create(
                        connection, name=f"Person {n}", email=f"p{n}@example.org", verified=True, at=world.clock()
                    )
                    for n in range(2 * people)
                ]
            ids = [each.id for each in made]
            await world.join("attendee")
            settle()
            for name, mine, size in (("together", ids[:people], 100), ("alone", ids[people:], 1)):
                statements, bytes_, cpu = world.engine.database.statements, 0, time.process_time()
                for start in range(0, people, size):
                    sinks = await asyncio.gather(*(_join(world, person) for person in mine[start : start + size]))
                    bytes_ += sum(sink.bytes for sink in sinks)
                cpu = time.process_time() - cpu
                statements = world.engine.database.statements - statements
                print(
                    f"{name:10}{cpu / people * 1e6:6.0f} µs each, {people / cpu:6.0f} a second and core, "
                    f"{statements / people:.2f} queries and {bytes_ / people / 1024:.1f} KB each"
                )


async def _join(world: World, person: str) -> Counter:
    sink = Counter()

    def respond(joined: Joined) -> bytes:
        return b'{"id":1,"ok":%b}' % msgspec.json.encode(joined)

    await world.engine.hub.join(Member(sink, world.room, person, False), None, respond)
    return sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    asyncio.run(measure(parser.parse_args().people))


if __name__ == "__main__":
    main()

"""Plenary under measurement: the whole application on a temporary database, with one session whose members are signed in.

    python -m bench.served PORT MEMBERS RATE SIZE SCRIPT [pure] [lag]

Writes SCRIPT, a line for each member with their hello and join, for bench/load. From SIGUSR1 on, RATE chat messages of SIZE bytes a second are posted in
the session's room as if they had just been committed: through the hub, with seqs, audiences and ticks. "lag": from then on it notes how late its loop
is, and at SIGUSR2 prints the 99th percentile in milliseconds.
"""

import asyncio
import logging
import signal
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import msgspec

import rooms.slices
from rooms.chat.messages import MessagePosted, MessageView
from rooms.core.clock import system_clock
from rooms.core.commands.audience import Audience
from rooms.core.commands.people import PersonView
from rooms.core.commands.transaction import Nudge
from rooms.core.delivery import fanout
from rooms.core.engine import Engine
from rooms.core.ids import new_id
from rooms.core.store.database import Database, metadata
from rooms.core.store.journal import Entry, find_room, rooms
from rooms.core.store.tables import persons
from rooms.people.tables import signins
from rooms.people.tickets import issue_ticket
from rooms.programme.actions import create_conference, create_session
from server import serve
from server.settings import Settings, read_settings


async def prepare(settings: Settings, members: int) -> tuple[str, list[str], list[str]]:
    """A conference with one session and its members; returns the room, the people and their sign-ins."""
    database = Database(settings.database)
    now = system_clock()
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
        days = {"starts_on": now.date(), "ends_on": now.date(), "now": now}
        conference, _ = await create_conference(connection, slug="bench", title="Bench", zone="UTC", **days)
        ends_at = now + timedelta(hours=1)
        _, room = await create_session(connection, conference, title="Session", starts_at=now, ends_at=ends_at, now=now)
        people = [new_id() for _ in range(members)]
        account = {"kind": "registered", "verified_at": now, "admin": False, "listed": False, "created_at": now}
        rows = [
            {"id": id, "name": f"Person {id[:4]}", "email": f"{id}@example.org", "calendar_key": new_id(), **account}
            for id in people
        ]
        await connection.execute(persons.insert(), rows)
        desk = {"kind": "desk", "conference": None, "seq": 0, "values_version": 0, "floor": 0}
        await connection.execute(
            rooms.insert(), [{"id": new_id(), "subject": id, "epoch": new_id(), **desk} for id in people]
        )
        lasts = {"created_at": now, "expires_at": now + timedelta(hours=1), "device": "bench"}
        signs = [{"id": new_id(), "person": id, **lasts} for id in people]
        await connection.execute(signins.insert(), signs)
    await database.close()
    return room, people, [row["id"] for row in signs]


def message_of(room: str, number: int, size: int) -> bytes:
    """The payload of an event whose frame is about `size` bytes."""
    text = f"@{time.monotonic_ns()}@"
    view = MessageView("0" * 20, number, PersonView("0" * 20, "Person"), text, system_clock())
    return msgspec.json.encode(MessagePosted(view))[:-3] + b"x" * max(0, size - 260) + b'"}}'


async def publish(engine: Engine, room: str, rate: int, size: int) -> None:
    async with engine.database.read() as connection:
        row = await find_room(connection, room)
    assert row is not None
    seq, due = row.seq, time.monotonic()
    while True:
        seq += 1
        payload = message_of(room, seq, size)
        entry = Entry(seq, "chat.posted", Audience.EVERYONE, None, payload)
        engine.hub.publish([Nudge(room, row.epoch, row.values_version, [entry], [])])
        due += 1 / rate
        if (wait := due - time.monotonic()) > 0 or seq % 20 == 0:
            await asyncio.sleep(max(0.0, wait))


class Lag:
    """How late a timer of the loop fires, every few milliseconds."""

    EVERY = 0.003  # seconds

    def __init__(self) -> None:
        self._late: list[float] = []

    async def note(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self.EVERY
            await asyncio.sleep(self.EVERY)
            self._late.append(loop.time() - due)

    def show(self) -> None:
        late = sorted(self._late)
        print(f"{late[len(late) * 99 // 100] * 1000:.2f}", flush=True)
        self._late.clear()


def main() -> None:
    port, members, rate, size = map(int, sys.argv[1:5])
    script = Path(sys.argv[5])
    if "pure" in sys.argv[6:]:
        fanout.Broadcast.__init__.__defaults__ = (None,)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(
            {"PLENARY_DATA": folder, "PLENARY_PORT": str(port), "PLENARY_MAIL_FROM": "bench@localhost"}
        )
        room, _, signed_in = asyncio.run(prepare(settings, members))
        engines: list[Engine] = []
        make_engine = serve_app.make_engine

        def kept(settings: Settings) -> Engine:
            engines.append(make_engine(settings))
            return engines[0]

        serve_app.make_engine = kept

        def ready() -> None:
            engine = engines[0]
            join = msgspec.json.encode({"op": "join", "id": 1, "room": room})
            hellos = [
                msgspec.json.encode({"op": "hello", "ticket": issue_ticket(engine, signin)}) for signin in signed_in
            ]
            lines = [(hello + b"\t" + join).decode() for hello in hellos]
            script.write_text("\n".join(lines) + "\n")
            loop = asyncio.get_running_loop()
            tasks: list[asyncio.Task[None]] = []
            lag = Lag()

            def go() -> None:
                tasks.append(loop.create_task(publish(engine, room, rate, size)))
                if "lag" in sys.argv[6:]:
                    tasks.append(loop.create_task(lag.note()))

            loop.add_signal_handler(signal.SIGUSR1, go)
            loop.add_signal_handler(signal.SIGUSR2, lag.show)
            print("ready", flush=True)

        serve.serve(settings, ready=ready)


if __name__ == "__main__":
    from server import app as serve_app

    main()

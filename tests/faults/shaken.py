"""`python -m tests.faults.shaken JSON run`: the server as it is run for people, with faults put in from outside. The product itself has no hooks for them.

die        "before_commit" | "after_commit" | "after_publish" | "before_answer": kill -9 of itself there …
at         … the so-many-th time that a command gets so far
bus        [dropped, doubled, delayed]: shares of the messages that it publishes
clock      a file that holds how many seconds to add to the system's clock
ping       [seconds between pings, seconds to answer one]
patience   seconds that a transaction, and the wait for a free connection, may take on PostgreSQL
looks      seconds between two comparisons of the rooms that a process follows with the database
deaf       [seconds between pings of the bus, seconds of silence after which it is given up]
ghosts     [seconds between signs of life of a process, seconds of silence after which it is forgotten]
pages      a file that holds at how many pages the SQLite file is full
unread     bytes that a slow reader may leave in the server's own memory
line       how many may wait for each thread that hashes passwords
unlimited  true: no rate limits, for crowds that act faster than people
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import event

import server.app
from rooms.core.clock import Clock, system_clock
from rooms.core.commands.queued import QueuedCommand
from rooms.core.commands.transaction import Nudge, Transaction
from rooms.core.commands.writer import Writer
from rooms.core.delivery import hub, presence
from rooms.core.delivery.bus import pubsub
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.hub import Hub
from rooms.core.engine import Engine
from rooms.core.rate_limits import Rate, RateLimits
from rooms.core.store import database
from rooms.core.store.database import Database
from rooms.people import passwords
from server.__main__ import main
from server.live import uvicorn_internals
from server.live.connection import Connection
from server.settings import Settings

make_engine = server.app.make_engine


class Unlimited(RateLimits):
    def take(self, name: str, key: str, rate: Rate) -> None:
        pass


def shift(path: str) -> Clock:
    def shifted() -> datetime:
        return system_clock() + timedelta(seconds=float(Path(path).read_text()))

    return shifted


def count_down(at: int) -> Callable[[], None]:
    left = at

    def die() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return die


def arm(step: str, at: int) -> None:
    """Puts the end of the process into one step of a command's life."""
    die = count_down(at)
    finish, publish, write, answer = Transaction.finish, Hub.publish, Writer._write, Connection._answer

    async def finishing(self: Transaction) -> list[Nudge]:
        nudges = await finish(self)
        if any(nudge.entries for nudge in nudges):
            die()
        return nudges

    def publishing(self: Hub, nudges: list[Nudge]) -> None:
        if step == "after_commit":
            die()
        publish(self, nudges)

    async def writing(self: Writer, batch: list[QueuedCommand]) -> None:
        set_results = [given.done for given in batch]
        for given in batch:
            given.done = asyncio.get_running_loop().create_future()
        await write(self, batch)
        await asyncio.sleep(0.05)  # what was published is on its way, to members and to Redis
        die()
        for given, done in zip(batch, set_results, strict=True):
            if done.done():
                continue
            if (fault := given.done.exception()) is not None:
                done.set_exception(fault)
            else:
                done.set_result(given.done.result())

    def answering(self: Connection, request: int, reply: bytes, seq: int | None = None) -> None:
        if seq is not None:
            die()
        answer(self, request, reply, seq)

    if step == "before_commit":
        Transaction.finish = finishing
    elif step == "after_commit":
        Hub.publish = publishing
    elif step == "after_publish":
        Writer._write = writing
    else:
        Connection._answer = answering


def trouble(bus: Bus, dropped: float, doubled: float, delayed: float) -> None:
    """Makes a bus lose, repeat and reorder what it publishes."""
    publish = bus.publish

    def troubled(channel: str, data: bytes) -> None:
        fate = random.random()
        loop = asyncio.get_running_loop()
        if fate < dropped:
            return
        if fate < dropped + delayed:
            loop.call_later(random.uniform(0, 0.2), publish, channel, data)
            return
        publish(channel, data)
        if fate < dropped + delayed + doubled:
            publish(channel, data)

    bus.publish = troubled  # type: ignore[method-assign]


def fill(database: Database, path: str) -> None:
    """Before each statement that writes, tells SQLite how many pages its disk has."""
    engine = database._writer.sync_engine

    def limit(connection: Any, cursor: Any, *_: object) -> None:
        cursor.execute(f"PRAGMA max_page_count={int(Path(path).read_text())}")

    event.listen(engine, "before_cursor_execute", limit)


def shake(given: dict[str, Any]) -> None:
    def shaken_house(settings: Settings) -> Engine:
        engine = make_engine(settings)
        if "bus" in given:
            trouble(engine.bus, *given["bus"])
        if "pages" in given:
            fill(engine.database, given["pages"])
        if given.get("unlimited"):
            object.__setattr__(engine, "limits", Unlimited())
        return engine

    server.app.make_engine = shaken_house
    if "clock" in given:
        # Both the hub and the house take their clock from here; a default argument would keep the old one.
        clock = shift(given["clock"])
        server.app.system_clock = clock
        before = Engine.__init__

        def with_clock(self: Engine, *arguments: Any, **named: Any) -> None:
            before(self, *arguments, **{"clock": clock, **named})

        Engine.__init__ = with_clock
    if "die" in given:
        arm(given["die"], given["at"])
    if "ping" in given:
        configure = uvicorn.Config.__init__
        interval, timeout = given["ping"]

        def with_pings(self: uvicorn.Config, *arguments: Any, **named: Any) -> None:
            configure(self, *arguments, **{**named, "ws_ping_interval": interval, "ws_ping_timeout": timeout})

        uvicorn.Config.__init__ = with_pings  # type: ignore[method-assign]
    if "patience" in given:
        database.WAIT_SECONDS = given["patience"]
        within = Database._within
        Database._within = lambda self, patience: within(self, min(patience, given["patience"]))  # type: ignore[method-assign]
    if "looks" in given:
        hub.RECONCILE_SECONDS = given["looks"]
    if "deaf" in given:
        pubsub.PING_SECONDS, pubsub.DEAD_SECONDS = given["deaf"]
    if "unread" in given:
        uvicorn_internals.BUFFER_LIMIT = given["unread"]
    if "line" in given:
        passwords.WAITING = given["line"]
    if "ghosts" in given:
        hub.ALIVE_SECONDS, presence.SILENT_SECONDS = given["ghosts"]


if __name__ == "__main__":
    shake(json.loads(sys.argv.pop(1)))
    sys.exit(main())

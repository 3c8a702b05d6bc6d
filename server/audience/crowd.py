"""The audience as a whole: arrives within half a minute, stays for the given time, reports every few seconds, and leaves."""

import asyncio
import contextlib
import os
import random
import resource
import signal
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from rooms.core.engine import Engine
from rooms.migrations import require_current
from server.app import make_engine
from server.audience.attendee import Attendee, Mood
from server.audience.client import LiveAddress, NotTrusted
from server.audience.guests import Destination, Guest, dismiss, find_place, invite
from server.audience.tally import Tally
from server.audience.words import QuestionSupply
from server.settings import Settings, read_settings

REPORT_SECONDS = 5.0
ARRIVAL_SECONDS = 30.0
PACKED_SHARE = 0.15
FILES_BESIDE = 200


class CrowdPlan(NamedTuple):
    """`url` None: the server on this machine. `pace` multiplies how often people act."""

    people: int
    seconds: float
    session: str | None
    url: str | None
    pace: float
    seed: int | None


def fill(plan: CrowdPlan) -> int:
    """Runs the audience and returns the exit code: 0 when nothing went missing. Raises Problem, BadSettings."""
    settings = read_settings(os.environ)
    if not _allow_files(plan.people + FILES_BESIDE):
        print(f"This machine does not let one process open enough files for {plan.people} people: raise `ulimit -n`.")
        return 1
    return asyncio.run(_fill(plan, settings))


async def _fill(plan: CrowdPlan, settings: Settings) -> int:
    engine = make_engine(settings)
    chance = random.Random(plan.seed)
    guests: list[Guest] = []
    try:
        await require_current(engine.database)
        place = await find_place(engine, plan.session)
        guests = await invite(engine, plan.people, chance)
        door = door_of(settings, plan.url)
        print(
            f"{plan.people} people come to “{place.title}” ({place.state}) for {plan.seconds / 60:g} minutes.",
            flush=True,
        )
        tally = Tally(plan.people)
        await _stay(plan, engine, place, door, guests, tally, chance)
        return _conclude(tally)
    finally:
        if guests:
            await dismiss(engine, guests)
        await engine.bus.stop()
        await engine.database.close()


async def _stay(
    plan: CrowdPlan,
    engine: Engine,
    place: Destination,
    door: LiveAddress,
    guests: Sequence[Guest],
    tally: Tally,
    chance: random.Random,
) -> None:
    mood, questions = Mood(plan.pace, chance), QuestionSupply(chance)
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    arrival = min(ARRIVAL_SECONDS, plan.seconds / 4)

    async def come(guest: Guest) -> None:
        await asyncio.sleep(chance.uniform(0, arrival))
        packed = chance.random() < PACKED_SHARE
        attendee = Attendee(guest, engine, door, place.room, tally, mood, questions, chance, packed=packed)
        try:
            await attendee.attend()
        except NotTrusted as fault:
            if not over.is_set():
                tally.fault(
                    f"the certificate of {door.url} is not trusted: {fault}. For one of your own set SSL_CERT_FILE to it."
                )
            over.set()
        except Exception as fault:
            tally.fault(f"{guest.name}: {fault!r}")

    began = loop.time()
    people = [asyncio.create_task(come(guest)) for guest in guests]
    try:
        while not over.is_set() and loop.time() - began < plan.seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), min(REPORT_SECONDS, plan.seconds - (loop.time() - began) + 0.001))
            print(tally.line(loop.time() - began), flush=True)
            tally.recent_lag = 0.0
    finally:
        for person in people:
            person.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _conclude(tally: Tally) -> int:
    if tally.cut and not tally.snapshots and not tally.faults:
        tally.fault("nobody got in: is the server running at this address?")
    for fault in tally.faults:
        print(f"fault: {fault}")
    if tally.sound:
        print("All have left. Nobody missed anything, and nothing came twice.")
        return 0
    print(f"Something went wrong: {tally.holes} holes, {tally.doubles} duplicates, {tally.lost} lost ends.")
    return 1


def door_of(settings: Settings, url: str | None) -> LiveAddress:
    """Without `url`: this machine, with the public address in the Host header, which the server requires."""
    parts = urlsplit(url or settings.url)
    secure = parts.scheme == "https"
    origin = f"{parts.scheme}://{parts.netloc}"
    if url is not None:
        return LiveAddress(f"{'wss' if secure else 'ws'}://{parts.netloc}/live", origin, None)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    # Without TLS even when the public address has it: the connection goes past the proxy, directly to the port.
    return LiveAddress(f"ws://{parts.netloc}/live", origin, (host, settings.port))


def _allow_files(wanted: int) -> bool:
    """Whether so many connections are allowed; raises the soft limit if possible."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted or soft == resource.RLIM_INFINITY:
        return True
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True

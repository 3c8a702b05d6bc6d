"""A small world for tests: one conference with one session, people of every kind, and houses (processes) that share a database and a bus."""

import uuid
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import rooms.slices  # noqa: F401
import web.links  # noqa: F401 - builds the links in notices
from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.memory import MemoryBus, Switchboard
from rooms.core.delivery.hub import Hub, Joined
from rooms.core.delivery.member import Member
from rooms.core.engine import Engine, Outcome
from rooms.core.rate_limits import Rate, RateLimits
from rooms.core.store.database import Database, metadata
from rooms.core.store.journal import ReadPosition, lock_rooms, room_of
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.tables import booths
from rooms.people import accounts, roles
from rooms.people.desk import desk_of
from rooms.programme.actions import create_conference, create_session
from tests.support.client import Client, ListSink
from tests.support.truth import CheckedEngine, CheckedHub, Truth

SECRET = b"a secret of the tests, long enough"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class TestClock:
    """A clock that only moves when the test advances it."""

    __test__ = False

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **spans: float) -> None:
        self.now += timedelta(**spans)


class NoRateLimits(RateLimits):
    def take(self, name: str, key: str, rate: Rate) -> None:
        pass


class Known(NamedTuple):
    """The ids of a World's database content."""

    conference: str
    lobby: str
    session: str
    room: str
    hall: str
    floor: str
    booth: str
    stand: str
    organisation: str
    people: dict[str, str]


@dataclass
class World:
    """`people` by what they are ("attendee", "moderator" …); rooms, conference, session and booth by id: `room` is the session's,
    `stand` the booth's, `hall` that of its hall (`floor`). `organisation` is the booth's. `houses[0]` is the first process."""

    engines: list[Engine]
    clock: TestClock
    conference: str = ""
    lobby: str = ""
    session: str = ""
    room: str = ""
    hall: str = ""
    floor: str = ""
    booth: str = ""
    stand: str = ""
    organisation: str = ""
    people: dict[str, str] = field(default_factory=dict)
    truth: Truth | None = None
    _clients: dict[int, Client] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.engines[0]

    async def do(self, who: str | None, command: Command, *, room: str = "", key: str = "", engine: int = 0) -> Outcome:
        """Performs a command as one of the people (or None) in the session's room, or another."""
        key = key or uuid.uuid4().hex
        return await self.engines[engine].perform(self.people[who] if who else None, room or self.room, command, key)

    async def ask(self, text: str = "Why?", who: str = "attendee", *, anonymous: bool = False) -> str:
        """Asks a question; returns its id."""
        from rooms.forum.questions.messages import AskQuestion

        return msgspec.json.decode((await self.do(who, AskQuestion(text, anonymous))).reply)["question"]

    async def question(self, id: str) -> Any:
        """A question's row, as the moderators see it."""
        from rooms.forum.questions.queries import question

        async with self.engine.database.read() as connection:
            return await question(connection, self.room, id)

    async def join(
        self,
        who: str | None,
        *,
        room: str = "",
        engine: int = 0,
        after: ReadPosition | None = None,
        public: bool = False,
    ) -> tuple[Member, ListSink]:
        sink = ListSink()
        member = Member(sink, room or self.room, self.people[who] if who else None, public)

        def respond(joined: Joined) -> bytes:
            return msgspec.json.encode(joined)

        actor = await self.engines[engine].hub.join(member, after, respond)
        client = self._clients[id(member)] = Client(who, self.engines[engine], actor.room.kind, member, sink)
        if self.truth is not None:
            followed = self.engines[engine].hub.values_version(member.room)
            self.truth.joined(client, followed[1] if followed else 0)
        return member, sink

    def unchecked(self, reason: str) -> None:
        """From now on members are not compared with the tables, because the test breaks just that. `reason` is for the reader."""
        assert reason
        if self.truth is not None:
            self.truth.stop()

    def client_of(self, member: Member) -> Client:
        """What a member who joined here keeps."""
        return self._clients[id(member)]

    async def desk(self, who: str) -> str:
        async with self.engine.database.read() as connection:
            return await desk_of(connection, self.people[who])

    async def person(self, name: str, *, held: Iterable[tuple[Role, str]] = (), **changes: Any) -> str:
        """A new person, with roles given as (role, session or "")."""
        at = self.clock()
        async with self.engine.database.write() as connection:
            verified = changes.pop("verified", True)
            email = f"{name}@example.org"
            account = await accounts.create(connection, name=name.title(), email=email, verified=verified, at=at)
            person = account.id
            for role, session in held:
                values = {"conference": self.conference, "session": session or None, "by": None, "at": at}
                await roles.grant(connection, person=person, role=role, **values)
            if changes:
                from rooms.core.store.tables import persons

                await connection.execute(persons.update().where(persons.c.id == person).values(**changes))
        self.people[name] = person
        return person

    def lift_limits(self) -> None:
        """Removes all rate limits, for tests with many members."""
        for engine in self.engines:
            object.__setattr__(engine, "limits", NoRateLimits())

    async def close(self) -> None:
        """Compares what every member was sent with the tables, and ends."""
        try:
            if self.truth is not None:
                await self.truth.end(self.engines)
        finally:
            for engine in self.engines:
                await engine.hub.stop()
                await engine.database.close()


def make_engine(url: str, bus: Bus, clock: TestClock) -> Engine:
    database = Database(url)
    return Engine(database, bus, Hub(database, bus, clock, SECRET), SECRET, clock)


def make_checked_engine(url: str, bus: Bus, clock: TestClock, truth: Truth) -> Engine:
    """An engine whose every write is compared with the tables."""
    database = Database(url)
    return CheckedEngine(database, bus, CheckedHub(truth, database, bus, clock, SECRET), SECRET, clock)


async def create_tables(url: str) -> None:
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


async def make_world(
    url: str,
    *,
    buses: list[Bus] | None = None,
    processes: int = 1,
    empty: bool = True,
    clock: TestClock | None = None,
    known: Known | None = None,
) -> World:
    """A world on a database, in which everybody is there: attendee, other (an attendee too), speaker, interpreter, exhibitor, moderator, organiser,
    admin, guest, unverified, banned, stranger (organiser of another conference), owner and staff (of the booth).

    `empty`: the database has no tables yet. `known`: it holds a world already, which `furnish` has given."""
    if known is None and not empty:
        known = await _fill(url, clock or TestClock())
    elif known is None:
        known = await _furnished_copy(url)
    switchboard = Switchboard()
    buses = buses or [MemoryBus(switchboard) for _ in range(processes)]
    clock = clock or TestClock()
    truth = Truth(url, clock)
    engines = [make_checked_engine(url, bus, clock, truth) for bus in buses]
    world = World(engines, clock, **known._asdict(), truth=truth)
    world.people = dict(known.people)
    for engine in world.engines:
        await engine.hub.start()
    return world


async def furnish(url: str) -> Known:
    """Makes the tables and all that a world begins with. No connection stays open, so the database may be copied."""
    await create_tables(url)
    return await _fill(url, TestClock())


_furnished: list[tuple[bytes, Known]] = []


async def _furnished_copy(url: str) -> Known:
    """A world is made once in a run, and copied for each test."""
    path = make_url(url).database
    if not path or not url.startswith("sqlite"):
        return await furnish(url)
    if not _furnished:
        with TemporaryDirectory() as folder:
            first = Path(folder) / "world.sqlite3"
            known = await furnish(f"sqlite+aiosqlite:///{first}")
            _furnished.append((first.read_bytes(), known))
    content, known = _furnished[0]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)
    return known


async def _fill(url: str, clock: TestClock) -> Known:
    world = World([make_engine(url, MemoryBus(Switchboard()), clock)], clock)
    async with world.engine.database.write() as connection:
        days = {"starts_on": date(2026, 11, 20), "ends_on": date(2026, 11, 22), "now": clock()}
        zone = "Asia/Shanghai"
        world.conference, world.lobby = await create_conference(
            connection, slug="forum", title="The Forum", zone=zone, **days
        )
        elsewhere, _ = await create_conference(
            connection, slug="elsewhere", title="Elsewhere", zone=zone, access="members", **days
        )
        times = {"starts_at": START, "ends_at": START + timedelta(hours=1), "now": clock()}
        world.session, world.room = await create_session(connection, world.conference, title="Opening", **times)
    await world.person("attendee")
    await world.person("other")
    await world.person("speaker", held=[(Role.SPEAKER, world.session)])
    await world.person("interpreter", held=[(Role.INTERPRETER, world.session)])
    await world.person("exhibitor", held=[(Role.EXHIBITOR, "")])
    await world.person("moderator", held=[(Role.MODERATOR, world.session)])
    await world.person("colleague", held=[(Role.MODERATOR, "")])
    await world.person("organiser", held=[(Role.ORGANISER, "")])
    await world.person("admin", admin=True)
    await world.person("unverified", verified=False)
    await world.person("banned")
    await world.person("stranger")
    await world.person("owner")
    await world.person("staff")
    async with world.engine.database.write() as connection:
        world.people["guest"] = (await accounts.create(connection, name="Guest", at=clock())).id
        granted = {"conference": elsewhere, "session": None, "role": Role.ORGANISER, "by": None, "at": clock()}
        await roles.grant(connection, person=world.people["stranger"], **granted)
        hall = await hall_of(connection, world.conference, "Hall 1")
        world.floor, world.hall = hall, await room_of(connection, "hall", hall)
        said = {"name": "Lumen", "tagline": "Light for all", "languages": ["en"], "country": "SE", "field": "Energy"}
        world.booth, world.stand = await make_booth(connection, world.conference, hall, said, open=True, number="A1")
        of_booth = sa.select(booths.c.organisation).where(booths.c.id == world.booth)
        world.organisation = (await connection.execute(of_booth)).scalar_one()
        for who, duty in (("owner", Duty.OWNER), ("staff", Duty.STAFF)):
            await set_duty(connection, world.booth, world.people[who], duty, clock())
    from rooms.people.messages import RemovePerson

    await world.do("organiser", RemovePerson(world.people["banned"]), room=world.lobby)
    await world.close()
    return Known(**{name: getattr(world, name) for name in Known._fields})


@asynccontextmanager
async def running_world(url: str, **options: Any) -> AsyncGenerator[World]:
    """`options` are those of `make_world`. Whatever happens, its houses are closed."""
    world = await make_world(url, **options)
    try:
        yield world
    finally:
        await world.close()


async def locked(world: World, room: str) -> Any:
    async with world.engine.database.write() as connection:
        return (await lock_rooms(connection, [room]))[room]

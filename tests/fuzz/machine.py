"""A small world that hypothesis drives: people of every kind do whatever comes to mind, on two processes, and others look on.

After each step it is held to what must always be true; a failing run is shrunk to the shortest story that breaks it.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa

from rooms.core.commands.messages import Command, tag_of
from rooms.core.delivery.bus.memory import MemoryBus, Switchboard
from rooms.core.engine import Outcome
from rooms.core.errors import Problem
from rooms.core.store.database import metadata
from rooms.core.store.journal import Entry
from rooms.forum.questions import messages as m
from rooms.forum.questions import queries
from rooms.forum.tables import votes
from rooms.people.messages import RightsChanged
from tests.support.clients import Client, enter
from tests.support.reducers import acknowledge
from tests.support.waiting import settled
from tests.support.world import TestClock, World, make_engine, make_world

T = TypeVar("T")

SPECTATORS: list[tuple[str | None, int, bool]] = [
    (None, 0, False),
    ("attendee", 0, False),
    ("attendee", 1, False),
    ("other", 1, False),
    ("speaker", 0, False),
    ("moderator", 1, False),
    ("moderator", 0, True),
    ("organiser", 0, False),
]
"""Who looks on at the session: person, process, and whether as a public screen."""


class Template(NamedTuple):
    """A world's database, made once and copied for each story."""

    conference: str
    lobby: str
    session: str
    room: str
    people: dict[str, str]


async def make_template(folder: Path) -> Template:
    world = await make_world(f"sqlite+aiosqlite:///{folder / 'world.sqlite3'}")
    await world.close()
    return Template(world.conference, world.lobby, world.session, world.room, dict(world.people))


class Story:
    """One world, from its beginning to its end, in an event loop of its own."""

    def __init__(self, template: Template, source: Path, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = folder
        shutil.copytree(source, folder)
        url = f"sqlite+aiosqlite:///{folder / 'world.sqlite3'}"
        clock, board = TestClock(), Switchboard()
        engines = [make_engine(url, MemoryBus(board), clock) for _ in range(2)]
        self.world = World(engines, clock, **template._asdict() | {"people": dict(template.people)})
        self.world.lift_limits()
        self.clients: list[Client] = []
        self.secrets: dict[str, str] = {}
        """Texts, and the one attendee who may read each as long as it is not public."""
        self.public: set[str] = set()
        self.promoted = {"moderator", "organiser"}
        """Who has ever been a moderator."""
        self.run(self._begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _begin(self) -> None:
        for engine in self.world.engines:
            await engine.hub.start()
        for who, engine, public in SPECTATORS:
            self.clients.append(await enter(self.world, who, engine=engine, public=public))
        self.clients.append(await enter(self.world, "attendee", room=self.world.lobby, engine=1))
        self.clients.append(await enter(self.world, "organiser", room=self.world.lobby))
        for who in sorted({client.who for client in self.clients if client.who}):
            for engine in (0, 1):
                await self.world.engines[engine].hub.watch(await self.world.desk(who), self._look_again(who, engine))

    def _look_again(self, who: str, engine: int) -> Any:
        """A connection's reaction when the person's desk reports changed rights."""

        def look(entry: Entry) -> None:
            if entry.type == tag_of(RightsChanged):
                for client in self.clients:
                    if client.who == who and client.engine is self.world.engines[engine] and client.problem is None:
                        client.engine.hub.revisit(client.member)

        return look

    def end(self) -> None:
        self.run(self.world.close())
        self.run(asyncio.sleep(0))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What happens

    async def perform(self, who: str | None, command: Command, room: str, engine: int, key: str) -> str:
        """The code of what came of a command: "ok" or a problem's. Asked twice, it is answered alike; refused, it has changed nothing."""
        self.world.clock.advance(seconds=1)
        before = await self.tables()
        versions = await self.questions()
        first: Outcome | None = None
        code = "ok"
        try:
            first = await self.world.do(who, command, room=room, engine=engine, key=key)
        except Problem as problem:
            code = problem.code
        after = await self.tables()
        if code != "ok":
            assert after == before, f"{who} was refused ({code}), and something has changed"
            return code
        again = await self.world.do(who, command, room=room, engine=1 - engine, key=key)
        assert again == first, "a retry was answered otherwise"
        assert await self.tables() == after, "a retry has changed something"
        await settled(*self.world.engines)
        for client in self.clients:
            client.catch_up()
            if client.who == who and client.member.room == (room or self.world.room) and client.problem is None:
                client.state = acknowledge(client.state, msgspec.to_builtins(command))
        self._check_versions(versions, await self.questions())
        return "ok"

    async def cut(self, number: int) -> None:
        """A connection breaks; its person returns at the other process and resumes."""
        client = self.clients[number]
        client.catch_up()
        client.engine.hub.leave(client.member)
        other = 1 - self.world.engines.index(client.engine)
        if client.problem is None:
            self.clients[number] = await self._come_back(client, other)

    async def _come_back(self, client: Client, engine: int) -> Client:
        member = client.member
        try:
            return await enter(
                self.world, client.who, room=member.room, engine=engine, public=member.public, resuming=client
            )
        except Problem as problem:
            client.problem = msgspec.to_builtins(problem.view())
            return client

    # What must be true

    async def tables(self) -> dict[str, Any]:
        """Everything that is stored."""
        async with self.world.engine.database.read() as connection:
            return {t.name: (await connection.execute(sa.select(t))).all() for t in metadata.sorted_tables}

    async def questions(self) -> dict[str, queries.Question]:
        async with self.world.engine.database.read() as connection:
            found = {question.id: question for question in await queries.questions_of(connection, self.world.room)}
        for shown in [question.public() for question in found.values() if question.is_public]:
            self.public |= {shown.text, shown.answer or ""}
        return found

    def _check_versions(self, before: dict[str, queries.Question], after: dict[str, queries.Question]) -> None:
        for id, old in before.items():
            new = after[id]
            # Names, tallies and the text of another question are not the question's own.
            same = {"votes": new.votes, "merged": new.merged, "version": new.version, "into_text": new.into_text}
            if old._replace(**same) != new:
                assert new.version > old.version, f"{old} became {new} under the same version"
            else:
                assert new.version >= old.version

    async def verify(self) -> None:
        await settled(*self.world.engines)
        await self._verify_votes()
        for client in self.clients:
            await client.verify()
            self._verify_secrets(client)

    async def _verify_votes(self) -> None:
        """A question's tally is the number of different people who voted for it or for what was merged into it."""
        found = await self.questions()
        async with self.world.engine.database.read() as connection:
            cast = (await connection.execute(sa.select(votes.c.question, votes.c.person))).all()
        voters: dict[str, set[str]] = {id: set() for id in found}
        for question, person in cast:
            at: str | None = question
            while at is not None:
                voters[at].add(person)
                at = found[at].into if found[at].state is m.QuestionState.MERGED else None
        assert {id: question.votes for id, question in found.items()} == {id: len(who) for id, who in voters.items()}

    def _verify_secrets(self, client: Client) -> None:
        """A text that was never public has reached only its asker and moderators."""
        reader = None if client.member.public else client.who
        if client.kind != "session" or reader in self.promoted:
            return
        received = msgspec.json.encode(client.sink.messages).decode()
        for text, asker in self.secrets.items():
            if reader != asker and text not in self.public:
                assert text not in received, f"{client} received “{text}”, which was never public"

"""An acknowledgement means committed: the journal entry is written in the same transaction as the tables, and publishing comes after the commit."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from rooms.chat.messages import PostMessage
from rooms.chat.tables import messages
from rooms.core.commands.transaction import Nudge, Transaction
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.tables import outcomes
from rooms.forum.questions.messages import AskQuestion
from rooms.forum.tables import questions
from tests.support.clients import enter
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


@asynccontextmanager
async def stranger(world: World) -> AsyncIterator[Database]:
    """Another process's eyes on the same database."""
    url = world.engine.database.url.render_as_string(hide_password=False)
    database = Database(url)
    yield database
    await database.close()


async def stored(database: Database, room: str) -> tuple[int, list[int], int, int]:
    """The room's seq, the seqs in its journal, and how many messages and outcomes there are."""
    async with database.read() as connection:
        row = await journal.find_room(connection, room)
        assert row is not None
        entries = await journal.read_after(connection, room, 0)
        counts = [
            (await connection.execute(sa.select(sa.func.count()).select_from(t))).scalar_one()
            for t in (messages, outcomes)
        ]
    return row.seq, [entry.seq for entry in entries], counts[0], counts[1]


@contextmanager
def failing_commits(world: World) -> Iterator[None]:
    engine = world.engine.database._writer.sync_engine

    def fail(_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(engine, "commit", fail)


async def test_what_is_acknowledged_is_stored_tables_journal_and_outcome_alike(each_world: World) -> None:
    async with stranger(each_world) as other:
        seq, seqs, said, done = await stored(other, each_world.room)
        outcome = await each_world.do("attendee", PostMessage("Hello"))
        assert outcome.seq == seq + 1
        assert await stored(other, each_world.room) == (seq + 1, [*seqs, seq + 1], said + 1, done + 1)


async def test_a_failed_commit_is_neither_acknowledged_nor_published(each_world: World) -> None:
    clients = [await enter(each_world, "other", engine=engine) for engine in (0, 1)]
    before = await stored(each_world.engine.database, each_world.room)
    with failing_commits(each_world), refused("unavailable"):
        await each_world.do("attendee", PostMessage("Lost"), key="the-same-key")
    assert await stored(each_world.engine.database, each_world.room) == before
    await settled(*each_world.engines)
    assert [client.catch_up().types for client in clients] == [[], []]
    # The premise: but for the commit it would have happened.
    assert await each_world.do("attendee", PostMessage("Said"), key="the-same-key")
    await settled(*each_world.engines)
    assert [client.catch_up().types for client in clients] == [["chat.posted"], ["chat.posted"]]


async def test_an_event_is_published_only_when_others_can_read_it(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    engine = each_world.engine
    finish, publish = Transaction.finish, engine.hub.publish

    async with stranger(each_world) as other:

        async def readable(nudges: list[Nudge]) -> bool:
            (nudge,) = nudges
            async with other.read() as connection:
                return bool(await journal.read_after(connection, nudge.room, nudge.entries[0].seq - 1))

        async def watched_finish(tx: Transaction) -> list[Nudge]:
            nudges = await finish(tx)
            seen.append(("before the commit", await readable(nudges)))
            return nudges

        published: list[list[Nudge]] = []

        def watched_publish(nudges: list[Nudge]) -> None:
            published.append(nudges)
            publish(nudges)

        monkeypatch.setattr(Transaction, "finish", watched_finish)
        monkeypatch.setattr(engine._writer, "_publish", watched_publish)
        await each_world.do("attendee", PostMessage("Hello"))
        seen.append(("when published", await readable(published[0])))
    assert seen == [("before the commit", False), ("when published", True)]


async def test_publishing_and_answering_come_after_the_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    publish = world.engine.hub.publish
    event.listen(world.engine.database._writer.sync_engine, "commit", lambda _: order.append("commit"))
    monkeypatch.setattr(world.engine._writer, "_publish", lambda nudges: (order.append("publish"), publish(nudges)))
    await world.do("attendee", PostMessage("Hello"))
    order.append("acknowledged")
    assert order == ["commit", "publish", "acknowledged"]


async def test_an_action_that_fails_after_it_recorded_leaves_nothing(
    each_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await stored(each_world.engine.database, each_world.room)

    async def fail(*_: object, **__: object) -> None:
        raise LookupError("in the midst of it")

    monkeypatch.setattr("rooms.forum.questions.asking.announce", fail)
    with pytest.raises(LookupError):
        await each_world.do("attendee", AskQuestion("Why?"))
    assert await stored(each_world.engine.database, each_world.room) == before
    async with each_world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(sa.func.count()).select_from(questions))).scalar_one() == 0

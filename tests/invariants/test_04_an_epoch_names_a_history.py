"""`epoch` changes when a database is restored: an old stream cannot pass for the new one."""

import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from rooms.chat.messages import PostMessage
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.forum.questions.messages import VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.clients import Client, enter
from tests.support.waiting import settled
from tests.support.world import World, make_engine


def reopen(world: World, url: str) -> None:
    world.engines = [make_engine(url, MemoryBus(), world.clock)]


async def after_a_restore(world: World, folder: Path, *, renewed: bool) -> tuple[Client, Client]:
    """One who was there when the database was lost, and the same one resuming in the restored one, which has a different history by now."""
    file = Path(make_url(str(world.engine.database.url)).database or "")
    url = str(world.engine.database.url)
    await world.close()
    shutil.copy(file, folder / "backup")
    reopen(world, url)
    await world.engine.hub.start()
    before = await enter(world, "other")
    for text in ("lost", "with the disk"):
        await world.do("attendee", PostMessage(text))
    await settled(world.engine)
    before.catch_up()
    await world.close()

    shutil.copy(folder / "backup", file)
    reopen(world, url)
    if renewed:
        async with world.engine.database.write() as connection:
            assert await journal.renew_epochs(connection) > 0
    await world.engine.hub.start()
    for text in ("another", "history", "now"):
        await world.do("attendee", PostMessage(text))
    return before, await enter(world, "other", resuming=before)


def texts(client: Client) -> list[str]:
    return [message["text"] for message in client.state["snapshot"]["messages"]]


async def test_one_who_followed_the_lost_history_gets_a_snapshot_of_the_restored_one(
    world: World, tmp_path: Path
) -> None:
    before, client = await after_a_restore(world, tmp_path, renewed=True)
    assert texts(before) == ["lost", "with the disk"]
    assert "resumed" not in client.sink.joined
    assert texts(client) == ["another", "history", "now"]
    await client.verify()


async def test_without_a_new_epoch_two_histories_would_be_mixed(world: World, tmp_path: Path) -> None:
    _, client = await after_a_restore(world, tmp_path, renewed=False)
    assert client.sink.joined["resumed"]
    assert texts(client) == ["lost", "with the disk", "now"]
    world.unchecked("this shows what goes wrong without a new epoch")


async def test_those_who_are_there_when_the_epoch_changes_get_a_fresh_snapshot_and_go_on(each_world: World) -> None:
    question = await each_world.ask()
    await each_world.do("moderator", ApproveQuestion(question, 1))
    for who in ("other", "speaker", "guest"):
        await each_world.do(who, VoteQuestion(question))
    clients = [await enter(each_world, who, engine=engine) for who in ("other", "moderator") for engine in (0, 1)]
    await settled(*each_world.engines)
    old = {client.catch_up().epoch for client in clients}
    database: Database = each_world.engine.database
    async with database.write() as connection:
        await journal.renew_epochs(connection)
        # A restored room counts its changes of values from an earlier point, too.
        await connection.execute(journal.rooms.update().values(values_version=0))
    for engine in each_world.engines:
        await engine.hub.reconcile()
    await each_world.do("interpreter", VoteQuestion(question))
    await each_world.do("attendee", PostMessage("On we go"))
    await settled(*each_world.engines)
    for client in clients:
        await client.verify()
        assert client.snapshots == 2
        assert client.epoch not in old
        assert client.state["latest"]["votes"] == {question: 5}
        assert texts(client) == ["On we go"]


async def test_a_room_that_the_restored_database_does_not_know_is_left(world: World) -> None:
    client = await enter(world, "other")
    async with world.engine.database.write() as connection:
        await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        await connection.execute(journal.rooms.update().where(journal.rooms.c.id == world.room).values(id="z" * 20))
        for table in (
            journal.journal,
            *(t for t in journal.rooms.metadata.sorted_tables if "room" in t.c and t.name != "journal"),
        ):
            await connection.execute(table.update().where(table.c.room == world.room).values(room="z" * 20))
    await world.engine.hub.reconcile()
    await settled_without(world)
    client.catch_up()
    assert client.problem is not None
    assert client.problem["code"] == "not_found"


async def settled_without(world: World) -> None:
    from tests.support.waiting import until

    await until(lambda: not world.engine.hub._tasks.running)

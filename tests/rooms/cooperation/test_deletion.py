"""Entries are deleted, and none stays without anybody to answer for it unnoticed."""

import pytest
import sqlalchemy as sa

from rooms.cooperation import editing
from rooms.cooperation import messages as m
from rooms.cooperation.deletion import unanswerable
from rooms.cooperation.documents.tables import entry_files
from rooms.cooperation.search import Query, count
from rooms.cooperation.tables import entries, entry_comments, interests
from rooms.people.messages import RemovePerson
from tests.support.cooperation import asks_to_read, documented, drafted, entry_type, interested, published, reviewed
from tests.support.refusals import refused
from tests.support.world import World


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [each.kind for each in view.snapshot.notices]  # type: ignore[attr-defined]


async def test_a_deleted_entry_leaves_nothing(world: World) -> None:
    entry, _ = await documented(world)
    await asks_to_read(world, entry)
    await interested(world, entry)
    await world.do("staff", m.CommentEntry(entry, "For later"), room=world.lobby)
    with refused("conflict", "entry"):
        await world.do("staff", m.DeleteEntry(entry), room=world.lobby)
    await world.do("staff", m.WithdrawEntry(entry), room=world.lobby)
    for who in ("attendee", "moderator"):
        with refused("not_found", "entry"):
            await world.do(who, m.DeleteEntry(entry), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("staff", m.DeleteEntry(entry), room=world.lobby)
    assert await notices(world, "attendee") == ["interest.closed"]
    async with world.engine.database.read() as connection:
        for table in (entries, entry_files, entry_comments, interests):
            assert (await connection.execute(sa.select(table))).all() == []
        assert await count(connection, world.conference, Query()) == 0


async def test_one_that_is_being_reviewed_is_deleted_too(world: World) -> None:
    entry, _ = await reviewed(world)
    await world.do("organiser", m.DeleteEntry(entry), room=world.lobby)


async def test_an_entry_with_a_result_is_kept_and_does_not_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "MOST_ENTRIES", 1)
    type = await entry_type(world)
    first = await published(world, type)
    interest = await interested(world, first)
    await world.do("staff", m.AcceptInterest(interest), room=world.lobby)
    with refused("conflict"):
        await drafted(world, type)
    await world.do("staff", m.WithdrawEntry(first), room=world.lobby)
    with refused("conflict", "entry"):
        await world.do("staff", m.DeleteEntry(first), room=world.lobby)
    second = await drafted(world, type)
    with refused("conflict"):
        await drafted(world, type)
    await world.do("staff", m.DeleteEntry(second), room=world.lobby)
    await drafted(world, type)


async def test_nobody_asks_an_organisation_in_which_nobody_could_answer(world: World) -> None:
    entry = await published(world)
    async with world.engine.database.read() as connection:
        assert await unanswerable(connection, world.conference, world.clock()) == []
    await interested(world, entry)
    for who in ("owner", "staff"):
        await world.do("organiser", RemovePerson(world.people[who]), room=world.lobby)
    with refused("conflict", "entry"):
        await interested(world, entry, who="speaker")
    async with world.engine.database.read() as connection:
        (found,) = await unanswerable(connection, world.conference, world.clock())
    assert (found.entry.id, found.waiting) == (entry, 1)

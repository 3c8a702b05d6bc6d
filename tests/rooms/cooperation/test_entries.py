"""Entries: written by members, approved by organisers, shown until they expire."""

from typing import Any

import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import queries
from rooms.cooperation.expiration import remind_and_expire
from rooms.cooperation.tables import entries, entry_facets
from rooms.cooperation.type_messages import ArchiveType
from rooms.organisations.messages import MergeOrganisations
from rooms.organisations.profile import create
from tests.support.cooperation import VALUES, drafted, entry_type, published, waiting
from tests.support.refusals import refused
from tests.support.world import World


async def row(world: World, entry: str) -> Any:
    async with world.engine.database.read() as connection:
        return await queries.entry_row(connection, world.conference, entry)


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [each.kind for each in view.snapshot.notices]  # type: ignore[attr-defined]


async def test_a_draft_is_published_by_an_organiser(grown_world: World) -> None:
    world = grown_world
    entry = await waiting(world, texts={"zh_Hans": {"title": "钙钛矿太阳能电池"}})
    before = await row(world, entry)
    assert (before.state, before.review) == ("hidden", "waiting")
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    after = await row(world, entry)
    assert (after.state, after.review, after.draft) == ("published", "none", None)
    assert after.values == {"stage": "4", "science": "2.5", "budget": "20000-50000 EUR", "funding": "Public"}
    assert (after.expires_at - after.published_at).days == 180
    assert await notices(world, "owner") == ["entry.approved"]
    async with world.engine.database.read() as connection:
        facets = sa.select(entry_facets.c.key, entry_facets.c.value).where(entry_facets.c.entry == entry)
        assert {tuple(each) for each in await connection.execute(facets)} == {
            ("country", "SE"),
            ("stage", "4"),
            ("science", "2.5"),
            ("funding", "Public"),
        }


async def test_a_published_entry_stays_while_a_new_draft_waits(world: World) -> None:
    entry = await published(world)
    await world.do("owner", m.DraftEntry("Better cells", entry=entry, values={"stage": "5"}), room=world.lobby)
    now = await row(world, entry)
    assert (now.state, now.title, queries.draft_of(now).title) == (
        "published",
        "Perovskite solar cells",
        "Better cells",
    )
    with refused("conflict"):
        await world.do("organiser", m.ApproveEntry(await published(world)), room=world.lobby)
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    assert (await row(world, entry)).title == "Better cells"


async def test_comments_go_back_to_the_authors(world: World) -> None:
    entry = await waiting(world)
    await world.do("organiser", m.DeclineEntry(entry, "Which partners?"), room=world.lobby)
    assert (await row(world, entry)).review == "declined"
    world.clock.advance(seconds=1)
    await world.do("staff", m.CommentEntry(entry, "Universities."), room=world.lobby)
    async with world.engine.database.read() as connection:
        said = await queries.comments(connection, entry)
    assert [(each.person.name, each.text) for each in said] == [
        ("Organiser", "Which partners?"),
        ("Staff", "Universities."),
    ]
    assert await notices(world, "owner") == ["entry.comment", "entry.declined"]
    with refused("not_found"):
        await world.do("attendee", m.CommentEntry(entry, "Hello?"), room=world.lobby)


async def test_only_members_write_and_strangers_find_no_draft(world: World) -> None:
    type = await entry_type(world)
    with refused("forbidden"):
        await drafted(world, type, who="attendee")
    entry = await drafted(world, type)
    for command in (
        m.DraftEntry("Mine", entry=entry),
        m.SubmitEntry(entry),
        m.WithdrawEntry(entry),
        m.RenewEntry(entry),
    ):
        with refused("not_found"):
            await world.do("attendee", command, room=world.lobby)
    await world.do("organiser", m.DraftEntry("Corrected", entry=entry, values=VALUES), room=world.lobby)


async def test_a_required_field_is_checked_before_the_review(world: World) -> None:
    entry = await drafted(world, values={"science": "2.5"})
    with refused("invalid", "stage"):
        await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    with refused("invalid", "budget"):
        await world.do("staff", m.DraftEntry("Cells", entry=entry, values={"budget": "much"}), room=world.lobby)


async def test_an_archived_type_takes_no_new_entries(world: World) -> None:
    type = await entry_type(world)
    entry = await published(world, type)
    await world.do("organiser", ArchiveType(type), room=world.lobby)
    with refused("conflict", "type"):
        await drafted(world, type)
    await world.do("staff", m.RenewEntry(entry), room=world.lobby)


async def test_an_entry_expires_after_a_reminder_and_can_be_renewed(grown_world: World) -> None:
    world = grown_world
    entry = await published(world)
    assert await remind_and_expire(world.engine) == 0
    world.clock.advance(days=174)
    assert await remind_and_expire(world.engine) == 1
    assert await remind_and_expire(world.engine) == 0
    assert (await notices(world, "staff"))[0] == "entry.expiring"
    world.clock.advance(days=7)
    assert await remind_and_expire(world.engine) == 1
    assert (await row(world, entry)).state == "expired"
    assert (await notices(world, "staff"))[0] == "entry.expired"
    await world.do("staff", m.RenewEntry(entry), room=world.lobby)
    renewed = await row(world, entry)
    assert (renewed.state, (renewed.expires_at - world.clock()).days) == ("published", 180)
    assert await found(world) == [entry], "a renewed entry is found again"


async def test_a_withdrawn_entry_can_be_submitted_again(world: World) -> None:
    entry = await published(world)
    await world.do("staff", m.WithdrawEntry(entry), room=world.lobby)
    assert (await row(world, entry)).state == "withdrawn"
    assert await found(world) == []
    await world.do("staff", m.SubmitEntry(entry), room=world.lobby)
    world.clock.advance(seconds=1)
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    assert await found(world) == [entry]


async def test_entries_move_with_their_organisation(world: World) -> None:
    entry = await published(world)
    async with world.engine.database.write() as connection:
        other = await create(connection, world.conference, {"name": "Lumen Holding"})
    await world.do("organiser", MergeOrganisations(world.organisation, other), room=world.lobby)
    assert (await row(world, entry)).organisation == other


async def test_an_organisation_has_a_bounded_number_of_entries(world: World) -> None:
    type = await entry_type(world)
    entry = await drafted(world, type)
    async with world.engine.database.write() as connection:
        copied = dict((await connection.execute(sa.select(entries).where(entries.c.id == entry))).mappings().one())
        await connection.execute(entries.insert(), [{**copied, "id": f"{number:020}"} for number in range(99)])
    with refused("conflict"):
        await drafted(world, type)


async def found(world: World) -> list[str]:
    from rooms.cooperation import search

    async with world.engine.database.read() as connection:
        return [each.id for each in await search.page(connection, world.conference, search.Query(words="solar"), 0)]

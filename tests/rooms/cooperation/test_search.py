"""Searching entries: words in any script, facets with numbers, and saved searches."""

import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation import queries, search
from rooms.cooperation.saved_searches import notify_of_matches
from rooms.cooperation.search import Query
from rooms.cooperation.search_messages import DeleteSearch, SaveSearch
from rooms.cooperation.tables import saved_searches
from rooms.core.store.faceted_search import ValueCount
from tests.support.cooperation import entry_type, published
from tests.support.refusals import refused
from tests.support.world import World


async def titles(world: World, **query: object) -> list[str]:
    async with world.engine.database.read() as connection:
        asked = Query(**query)  # type: ignore[arg-type]
        listed = await search.page(connection, world.conference, asked, 0)
        assert await search.count(connection, world.conference, asked) == len(listed)
    return sorted(each.title for each in listed)


async def three(world: World) -> tuple[str, str]:
    offer = await entry_type(world)
    request = await entry_type(world, side=m.EntrySide.REQUEST, name="Partner sought")
    await published(world, offer, title="Solar cells", texts={"zh_Hans": {"title": "鈣鈦礦太陽能電池"}})
    await published(world, offer, title="Wind turbines", country="NO", values={"stage": "9", "funding": "Private"})
    await published(world, request, title="Solar lamps for schools", country="KE", values={"stage": "4"})
    return offer, request


async def test_words_sides_types_and_facets(grown_world: World) -> None:
    world = grown_world
    offer, _ = await three(world)
    assert await titles(world) == ["Solar cells", "Solar lamps for schools", "Wind turbines"]
    assert await titles(world, words="SOLAR") == ["Solar cells", "Solar lamps for schools"]
    assert await titles(world, words="太阳能") == ["Solar cells"], "simplified finds traditional"
    assert await titles(world, words="lumen") == await titles(world), "by the organisation's name"
    assert await titles(world, side="request") == ["Solar lamps for schools"]
    assert await titles(world, type=offer, words="turb") == ["Wind turbines"]
    assert await titles(world, facets={"stage": "4"}) == ["Solar cells", "Solar lamps for schools"]
    assert await titles(world, facets={"stage": "4", "country": "KE"}) == ["Solar lamps for schools"]
    assert await titles(world, words="nothing here") == []


async def test_facets_are_counted_without_themselves(grown_world: World) -> None:
    world = grown_world
    await three(world)
    async with world.engine.database.read() as connection:
        keys = search.keys_of(await queries.types(connection, world.conference))
        assert keys == ["country", "stage", "science", "funding"]
        query = Query(facets={"stage": "4"})
        counted = await search.facets(connection, world.conference, query, keys)
    assert counted["stage"] == [ValueCount("4", 2), ValueCount("9", 1)]
    assert counted["country"] == [ValueCount("KE", 1), ValueCount("SE", 1)]
    assert counted["funding"] == [ValueCount("Public", 1)]


async def test_a_saved_search_notifies_once_of_what_is_new(grown_world: World) -> None:
    world = grown_world
    type = await entry_type(world)
    await published(world, type, title="Solar cells")
    await world.do("attendee", SaveSearch("Solar", {"words": "solar", "nonsense": "x"}), room=world.lobby)
    world.clock.advance(seconds=1)
    assert await notify_of_matches(world.engine) == 0, "what was there is not new"
    await published(world, type, title="Solar lamps")
    await published(world, type, title="Wind")
    world.clock.advance(seconds=1)
    member, _ = await world.join("attendee", room=await world.desk("attendee"))
    assert await notify_of_matches(world.engine) == 1
    assert await notify_of_matches(world.engine) == 0
    notice = world.client_of(member).catch_up().state["snapshot"]["notices"][0]
    assert (notice["kind"], notice["values"]) == ("search.match", {"search": "Solar", "entries": "1"})


async def test_saved_searches_are_bounded_and_private(world: World) -> None:
    for number in range(20):
        await world.do("attendee", SaveSearch(f"Search {number}", {}), room=world.lobby)
    with refused("conflict"):
        await world.do("attendee", SaveSearch("One more", {}), room=world.lobby)
    async with world.engine.database.read() as connection:
        id = (await connection.execute(sa.select(saved_searches.c.id).limit(1))).scalar_one()
    with refused("not_found"):
        await world.do("other", DeleteSearch(id), room=world.lobby)
    await world.do("attendee", DeleteSearch(id), room=world.lobby)
    await world.do("attendee", SaveSearch("One more", {}), room=world.lobby)

"""The full-text index finds the same on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from rooms.core.store.database import Database, metadata
from rooms.core.store.full_text import FullTextIndex, create_index
from rooms.migrations import differences

TEXTS = {
    "solar": "Solar cells from perovskite: partners sought in Norway",
    "hydrogen": "Wasserstoff für Große Anlagen (H2), 3D-Druck",
    "optics": "深圳光明科技：太阳能与光电研究",
    "talent": "國際人才交流大會 International talent",
    "quoted": "It's \"quoted\" & (odd) | :* 'x'",
}


@pytest.fixture(scope="module")
def index() -> FullTextIndex:
    return FullTextIndex("things_of_a_test", sa.MetaData())


@pytest.fixture(params=["sqlite_url", "postgres_url"], ids=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
async def database(url: str, index: FullTextIndex) -> AsyncIterator[Database]:
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(create_index, index.name)
        await connection.run_sync(create_index, index.name)
        for id, text in TEXTS.items():
            await index.put(connection, id, text)
    yield database
    await database.close()


async def found(database: Database, index: FullTextIndex, text: str) -> set[str]:
    async with database.read() as connection:
        matching = index.matching(connection, text)
        assert matching is not None
        return set((await connection.execute(matching)).scalars())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("solar", {"solar"}),
        ("SOL norw", {"solar"}),
        ("solar hydrogen", set()),
        ("große", {"hydrogen"}),
        ("gross wasser", {"hydrogen"}),
        ("h2 druck", {"hydrogen"}),
        ("太阳能", {"optics"}),
        ("太陽能", {"optics"}),
        ("阳太", set()),
        ("明科", {"optics"}),
        ("能", {"optics"}),
        ("究", {"optics"}),
        ("国际人才", {"talent"}),
        ("人才 talent", {"talent"}),
        ("太阳能研究", set()),
        ("quoted' | x", {"quoted"}),
        ("it's", {"quoted"}),
        ("NOT solar", set()),
        ("id", set()),
    ],
)
async def test_what_a_search_finds(database: Database, index: FullTextIndex, text: str, ids: set[str]) -> None:
    assert await found(database, index, text) == ids


async def test_a_search_without_words_has_no_condition(database: Database, index: FullTextIndex) -> None:
    async with database.read() as connection:
        assert index.matching(connection, " …!") is None


async def test_a_text_is_replaced_and_removed(database: Database, index: FullTextIndex) -> None:
    async with database.write() as connection:
        await index.put(connection, "solar", "Wind power")
    assert await found(database, index, "solar") == set()
    assert await found(database, index, "wind") == {"solar"}
    async with database.write() as connection:
        await index.remove(connection, ["solar"])
    assert await found(database, index, "wind") == set()


async def test_the_longest_text_is_indexed(database: Database, index: FullTextIndex) -> None:
    async with database.write() as connection:
        await index.put(connection, "long", "深圳" * 20_000)
        await index.put(connection, "empty", "")
    assert await found(database, index, "深圳") >= {"long"}


async def test_it_is_created_with_the_tables_and_is_no_difference(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
        assert (await connection.execute(sa.text("SELECT count(*) FROM entry_terms"))).scalar_one() == 0
    assert [each for each in await differences(database) if "entry_terms" in repr(each)] == []
    await database.close()

"""The same world on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.support.world import World, make_world


@pytest.fixture(params=["sqlite_url", "postgres_server"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    given = request.getfixturevalue(request.param)
    if request.param == "sqlite_url":
        made = await make_world(given)
        yield made
        await made.close()
        return
    name = await given.create_database()
    made = await make_world(given.url(name))
    yield made
    await made.close()
    await given.drop_database(name)

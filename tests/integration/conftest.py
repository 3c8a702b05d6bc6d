"""The tests of programmes run on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.support.world import World, make_world


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    world = await make_world(url)
    yield world
    await world.close()

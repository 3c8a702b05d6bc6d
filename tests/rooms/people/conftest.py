"""The same world on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.support.world import World, furnish, make_world


@pytest.fixture(params=["sqlite_url", "postgres_server"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    given = request.getfixturevalue(request.param)
    if request.param == "sqlite_url":
        made = await make_world(given)
        yield made
        await made.close()
        return
    template, known = await given.prepare_template("furnished", furnish)
    name = await given.create_database(template)
    made = await make_world(given.url(name), known=known)
    yield made
    await made.close()
    await given.drop_database(name)

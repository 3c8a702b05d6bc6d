"""A world, the site made of it, and visitors."""

from collections.abc import AsyncIterator

import pytest

from tests.support.visitor import Letters, Visitor, make_site
from tests.support.world import World, make_world
from web.site import Site


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    made = await make_world(sqlite_url)
    yield made
    await made.close()


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def site(world: World, letters: Letters) -> Site:
    return make_site(world, letters)


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    made = Visitor(site)
    yield made
    await made.http.aclose()

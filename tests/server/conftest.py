"""A really running server with the small world in its database."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.server import Server, faultless_server, furnish
from tests.support.world import World


@pytest.fixture
def server() -> Iterator[Server]:
    """One process on a new SQLite file. Whatever a test does to it, its log must not contain an error of its own."""
    with faultless_server() as running:
        yield running


@pytest.fixture
async def furnished(server: Server) -> AsyncIterator[World]:
    """The world of `server`, also seen from the test's own process."""
    world = await furnish(server)
    yield world
    await world.close()

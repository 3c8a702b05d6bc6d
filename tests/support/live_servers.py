"""Fixtures: a really running server, and the small world in its database. A conftest.py or test file imports those that it needs."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.server import Server, faultless_server, faultless_servers, furnish
from tests.support.world import World


@pytest.fixture(name="server")
def own_server() -> Iterator[Server]:
    """One process on a new SQLite file. Whatever a test does to it, its log must not contain an error of its own."""
    with faultless_server() as running:
        yield running


@pytest.fixture(name="furnished")
async def own_furnished(server: Server) -> AsyncIterator[World]:
    """The world of `server`, also seen from the test's own process."""
    world = await furnish(server)
    yield world
    await world.close()


@pytest.fixture(name="server", scope="module")
def shared_server() -> Iterator[Server]:
    """One for all tests of a module: each has a room of its own."""
    with faultless_server() as running:
        yield running


@pytest_asyncio.fixture(name="furnished", scope="module", loop_scope="module")
async def shared_furnished(server: Server) -> AsyncIterator[World]:
    world = await furnish(server)
    yield world
    await world.close()


@pytest.fixture(name="servers")
def two_servers(postgres_url: str, redis_url: str) -> Iterator[list[Server]]:
    """Two processes over a real Redis and a real PostgreSQL."""
    with faultless_servers(2, postgres_url, redis_url) as running:
        yield running


@pytest.fixture(name="world")
async def world_of_servers(servers: list[Server]) -> AsyncIterator[World]:
    world = await furnish(servers[0])
    yield world
    await world.close()

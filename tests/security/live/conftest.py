"""A really running server to attack, and the small world in its database."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import pytest

from rooms.core.delivery.bus.memory import MemoryBus
from rooms.people.tickets import issue_ticket
from tests.support.live_servers import own_furnished, own_server  # noqa: F401 - fixtures
from tests.support.server import Server, faultless_server
from tests.support.world import TestClock, make_engine


@pytest.fixture(scope="module")
def target() -> Iterator[Server]:
    """One server for all tests of a module that need nobody in it. Whatever they do to it, its log must not contain an error of its own."""
    with faultless_server() as running:
        yield running


@pytest.fixture
async def tickets(target: Server) -> AsyncIterator[Callable[[], str]]:
    """Gives tickets of ones who are not signed in."""
    engine = make_engine(target.database, MemoryBus(), TestClock(datetime.now(UTC)))
    yield lambda: issue_ticket(engine, None)
    await engine.database.close()

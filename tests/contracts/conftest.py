"""A Redis and a cluster of Redis (of one node): shared, or a test's own."""

from collections.abc import Iterator

import pytest

from tests.support.redis import ClusterServer, RedisServer, running_redis


@pytest.fixture(scope="module")
def cluster_server() -> Iterator[ClusterServer]:
    with running_redis(ClusterServer) as server:
        yield server


@pytest.fixture(params=["redis", "cluster"])
def server(request: pytest.FixtureRequest) -> RedisServer:
    """Shared by the tests, and empty."""
    found: RedisServer = request.getfixturevalue(f"{request.param}_server")
    found.flush()
    return found


@pytest.fixture(params=[RedisServer, ClusterServer], ids=["redis", "cluster"])
def own_server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with running_redis(request.param) as server:
        yield server

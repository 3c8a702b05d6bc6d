"""The bus over a Redis Cluster (Redis 7 or newer, Valkey): sharded pub/sub, so that a message goes to the node of its channel alone.

Messages of one publisher keep their order within a channel, not over channels of different nodes. When slots move from node to node, the bus
counts as down and is restored at once, as after any loss: what was published in between is read from the journal.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlencode

from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AskError, MovedError, RedisError

from rooms.core.delivery.bus.addresses import split_addresses
from rooms.core.delivery.bus.pubsub import DEAD_SECONDS, Claim, ListeningConnection, PubSubBus, connect, set_once

SCHEMES = ("redis+cluster", "rediss+cluster")
PORT = 6379
MOST_TRIED = 20_000  # names, until one belongs to a node: enough for a node with a thousandth of the slots


class Addresses:
    """`redis+cluster://user:password@host:port,host:port`: some nodes of a cluster, from which the others are discovered."""

    def __init__(self, url: str) -> None:
        given = split_addresses(url, PORT)
        self._scheme = given.scheme.removesuffix("+cluster")
        self._who = f"{given.user}:{given.password}@" if given.user or given.password else ""
        self._query = f"?{urlencode(given.query)}" if given.query else ""
        self.hosts = given.hosts

    def of(self, host: str, port: int) -> str:
        """The URL of one node."""
        return f"{self._scheme}://{self._who}{f'[{host}]' if ':' in host else host}:{port}{self._query}"


def cluster_at(addresses: Addresses) -> Any:
    """redis-py's client, which knows the nodes and their slots. Its retries are off."""
    (host, port), *others = addresses.hosts
    return cast(Any, RedisCluster).from_url(
        addresses.of(host, port),
        startup_nodes=[ClusterNode(*other) for other in others],
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=3,
        socket_timeout=DEAD_SECONDS,
    )


class ClusterBus(PubSubBus):
    def __init__(self, url: str, prefix: str = "plenary") -> None:
        super().__init__(prefix)
        self._addresses = Addresses(url)
        self._cluster = cluster_at(self._addresses)
        self._clients: dict[str, Any] = {}  # by the name of their node, like the lines
        self._line_of: dict[str, ListeningConnection] = {}
        self._moved = asyncio.Event()

    async def _open(self) -> None:
        await self._cluster.aclose()
        await self._cluster.initialize()
        self._moved.clear()
        self._line_of = {}
        for node in self._cluster.get_primaries():
            if (idle := self._idle_name(node.name)) is None:  # a node without slots
                continue
            if node.name not in self._clients:
                self._clients[node.name] = connect(self._addresses.of(node.host, node.port))
            line = self._line_of[node.name] = self._clients[node.name].pubsub()
            self._lines.append(line)
            await line.ssubscribe(idle)

    def _idle_name(self, node: str) -> str | None:
        """A channel of that node to which nobody publishes."""
        names = (self._name(f"alive:{number}") for number in range(MOST_TRIED))
        return next((name for name in names if self._node_of(name) == node), None)

    def _node_of(self, name: str) -> str:
        return self._cluster.get_node_from_key(name).name

    async def _close(self) -> None:
        await self._cluster.aclose()
        for client in self._clients.values():
            await client.aclose()

    async def _subscribe(self, names: Sequence[str]) -> None:
        for name in names:  # one command may name channels of one slot only
            if (line := self._line_of.get(self._node_of(name))) is not None:
                await line.ssubscribe(name)

    async def _unsubscribe(self, name: str) -> None:
        if (line := self._line_of.get(self._node_of(name))) is not None:
            await line.sunsubscribe(name)

    async def _publish(self, batch: Sequence[tuple[str, bytes]]) -> None:
        of_node: defaultdict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for name, data in batch:
            of_node[self._node_of(name)].append((name, data))
        with self._noticing_moves():
            await asyncio.gather(*(self._publish_to(node, some) for node, some in of_node.items()))

    async def _publish_to(self, node: str, batch: Sequence[tuple[str, bytes]]) -> None:
        pipeline = self._clients[node].pipeline(transaction=False)
        for name, data in batch:
            pipeline.execute_command("SPUBLISH", name, data)
        await pipeline.execute()

    async def _set_once(self, claims: Sequence[Claim]) -> Sequence[bool]:
        of_node: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            of_node[self._node_of(claim[0])].append(claim)
        with self._noticing_moves():
            found = await asyncio.gather(*(set_once(self._clients[node], some) for node, some in of_node.items()))
        answers = {node: iter(some) for node, some in zip(of_node, found, strict=True)}
        return [next(answers[self._node_of(claim[0])]) for claim in claims]

    @contextmanager
    def _noticing_moves(self) -> Generator[None]:
        try:
            yield
        except (MovedError, AskError):
            self._moved.set()
            raise

    def _readers(self) -> list[Coroutine[Any, Any, None]]:
        return [*super()._readers(), self._until_moved()]

    async def _until_moved(self) -> None:
        await self._moved.wait()
        raise RedisError("slots have moved to other nodes")

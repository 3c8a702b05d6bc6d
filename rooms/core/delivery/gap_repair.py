"""Orders incoming events and fills gaps from the journal when the bus lost messages."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.audience import Audience
from rooms.core.commands.room_kinds import KINDS
from rooms.core.commands.transaction import Nudge, Value
from rooms.core.counters import HubStats
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.member import Member
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.journal import Room

GAP_SECONDS = 0.07
"""Wait this long for a missing event before reading the journal: a tick of another process, and the way from there."""

Revisit = Callable[[Feed, Iterable[Member]], None]
"""Gives these members of a room a fresh snapshot."""


class GapRepair:
    def __init__(self, database: Database, feeds: Mapping[str, Feed], stats: HubStats, revisit: Revisit) -> None:
        self._database = database
        self._feeds = feeds
        self._stats = stats
        self._revisit = revisit

    def accept(self, feed: Feed, nudges: Sequence[Nudge]) -> bool:
        """Takes in what transactions did in one room. False when a nudge is of another history (epoch) than the feed."""
        for nudge in nudges:
            if nudge.epoch != feed.epoch:
                return False
            feed.receive(nudge)
        return True

    async def reconcile(self, rooms: Sequence[str]) -> list[Feed]:
        """Compares these rooms with the database in one query and fetches what the bus has lost. Returns the feeds with news."""
        stamps = {id: self._feeds[id].stamp for id in rooms if id in self._feeds}
        repaired: list[Feed] = []
        if not stamps:
            return repaired
        async with self._database.read() as connection:
            for id, head in (await journal.changed_heads(connection, stamps)).items():
                feed = self._feeds.get(id)
                if feed is None or feed.filling:
                    continue
                if head is None:  # the database was restored to a time before this room
                    self._revisit(feed, feed.members.everybody())
                    continue
                feed.filling = True
                try:
                    await self._repair(connection, feed, head)
                finally:
                    feed.filling = False
                repaired.append(feed)
        return repaired

    async def _repair(self, connection: AsyncConnection, feed: Feed, head: Room) -> None:
        if head.epoch != feed.epoch or head.floor > feed.seq:
            # Nothing may wait between these two: an event after the gap must not reach a member before the snapshot.
            feed.skip_to(head)
            self._revisit(feed, feed.members.everybody())
        elif head.seq > feed.seq:
            missed = await journal.read_after(connection, feed.room, feed.seq)
            self._stats.gaps += 1
            self._stats.events += len(missed)
            feed.accept(missed)
        if feed.values_missed or head.values_version > feed.values_version:
            self._stats.values += 1
            await self._offer_all(connection, feed, head)
            feed.catch_up(head.values_version)

    async def _offer_all(self, connection: AsyncConnection, feed: Feed, head: Room) -> None:
        """Reads all latest values again; a key that everyone may see is offered to everyone."""
        offered: set[tuple[str, str]] = set()
        for audience in (Audience.EVERYONE, Audience.MODERATORS):
            for name, values in (await KINDS[head.kind].latest(connection, head, audience)).items():
                for key in values.keys() - {key for other, key in offered if other == name}:
                    payload = msgspec.json.encode(values[key])
                    feed.offer(Value(name, key, audience, None, payload), head.values_version)
                offered |= {(name, key) for key in values}

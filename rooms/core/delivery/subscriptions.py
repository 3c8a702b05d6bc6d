"""The rooms that this process follows: each is subscribed to on the bus while anyone here is in it, is joining it, or watches it."""

import asyncio
from collections.abc import Sequence
from weakref import WeakValueDictionary

from rooms.core.background import BackgroundTasks
from rooms.core.batching import Batcher
from rooms.core.commands.access import ABSENT
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.feed import Feed, Watcher
from rooms.core.delivery.presence import Presence
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.journal import Room


class Subscriptions:
    """Reference-counted subscriptions: `feeds` holds one feed for each room that is followed."""

    def __init__(self, database: Database, bus: Bus, tasks: BackgroundTasks, presence: Presence) -> None:
        self._database = database
        self._bus = bus
        self._tasks = tasks
        self._presence = presence
        self.feeds: dict[str, Feed] = {}
        self.locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._heads = Batcher(self._read_heads)

    async def follow(self, room: str) -> Feed:
        """Adds a user to a room's feed. Raises Problem."""
        async with self._lock_of(room):
            feed = self.feeds.get(room)
            if feed is None:
                feed = self.feeds[room] = await self._subscribe(room)
                if not feed.is_desk:
                    self._presence.follow(room)
            feed.users += 1
            return feed

    def release(self, feed: Feed) -> None:
        """Removes a user; the last one ends the subscription."""
        feed.users -= 1
        if feed.users == 0:
            self._tasks.spawn(self._unfollow(feed))

    async def end(self) -> None:
        await self._heads.end()

    async def watch(self, room: str, watcher: Watcher) -> None:
        feed = await self.follow(room)
        feed.watchers.append(watcher)

    def unwatch(self, room: str, watcher: Watcher) -> None:
        feed = self.feeds.get(room)
        if feed is not None and watcher in feed.watchers:
            feed.watchers.remove(watcher)
            self.release(feed)

    async def _subscribe(self, room: str) -> Feed:
        if not is_id(room):
            raise Problem("not_found", ABSENT)
        # Subscribed before the position is read: what happens in between arrives twice rather than never.
        await self._bus.subscribe(f"room:{room}")
        try:
            row = await self._heads.ask(room)
        except BaseException:
            await self._bus.unsubscribe(f"room:{room}")
            raise
        return Feed(row)

    async def _read_heads(self, ids: Sequence[str]) -> list[Room | Exception]:
        async with self._database.read() as connection:
            rows = await journal.heads(connection, ids)
        return [rows.get(id) or Problem("not_found", ABSENT) for id in ids]

    def _lock_of(self, room: str) -> asyncio.Lock:
        """Held while a room's subscription begins or ends. It lives as long as anyone holds it or waits for it."""
        lock = self.locks.get(room)
        if lock is None:
            lock = self.locks[room] = asyncio.Lock()
        return lock

    async def _unfollow(self, feed: Feed) -> None:
        async with self._lock_of(feed.room):
            if feed.users == 0 and self.feeds.get(feed.room) is feed:
                del self.feeds[feed.room]
                self._presence.send_changes(feed.room)
                self._presence.unfollow(feed.room)
                await self._bus.unsubscribe(f"room:{feed.room}")

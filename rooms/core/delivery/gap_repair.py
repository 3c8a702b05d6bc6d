"""What the bus has lost is found in the journal and in the tables: order and gaps of the rooms that this process follows."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.background import BackgroundTasks
from rooms.core.commands.audience import Audience
from rooms.core.commands.room_kinds import KINDS
from rooms.core.commands.transaction import Nudge, Value
from rooms.core.counters import Told
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.member import Member
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.journal import Room

HOLE_SECONDS = 0.07  # how long nothing of what is missing may come before the journal is asked: a tick of another process, and the way from there


class GapRepair:
    """`news(feed)` is called when members have something to be told, `revisit(feed, members)` when only a fresh snapshot helps them."""

    def __init__(
        self,
        database: Database,
        feeds: Mapping[str, Feed],
        tasks: BackgroundTasks,
        told: Told,
        news: Callable[[Feed], None],
        revisit: Callable[[Feed, Iterable[Member]], None],
    ) -> None:
        self._database = database
        self._feeds = feeds
        self._tasks = tasks
        self._told = told
        self._news = news
        self._revisit = revisit

    def take(self, feed: Feed, nudges: Sequence[Nudge]) -> None:
        """Takes in what transactions did, and looks after what came too early."""
        for nudge in nudges:
            if nudge.epoch != feed.epoch:
                self._tasks.spawn(self.reconcile([feed.room]))
                break
            feed.receive(nudge)
        self._watch(feed)
        self._news(feed)

    def _watch(self, feed: Feed) -> None:
        if (feed.has_hole or feed.values_missed) and not feed.watched:
            feed.watched = True
            asyncio.get_running_loop().call_later(HOLE_SECONDS, self._look_again, feed, feed.seq, feed.values_version)

    def _look_again(self, feed: Feed, seq: int, values_version: int) -> None:
        """Where processes take turns there is nearly always something missing: it is lost only if nothing has come on since."""
        feed.watched = False
        if self._feeds.get(feed.room) is not feed:
            return
        stuck = (feed.has_hole and feed.seq == seq) or (feed.values_missed and feed.values_version == values_version)
        if stuck and not feed.filling:
            self._tasks.spawn(self.reconcile([feed.room]))
        self._watch(feed)

    async def reconcile(self, rooms: list[str] | None = None) -> None:
        """Compares the rooms followed with the database in one query and fetches whatever the bus has lost."""
        followed = [id for id in (rooms or list(self._feeds)) if id in self._feeds]
        if not followed:
            return
        async with self._database.read() as connection:
            heads = await journal.heads(connection, followed)
            for id in followed:
                feed = self._feeds.get(id)
                if feed is None or feed.filling:
                    continue
                if id not in heads:  # the database was restored to a time before this room
                    self._revisit(feed, feed.members.everybody())
                    continue
                feed.filling = True
                try:
                    await self._mend(connection, feed, heads[id])
                finally:
                    feed.filling = False

    async def _mend(self, connection: AsyncConnection, feed: Feed, head: Room) -> None:
        if head.epoch != feed.epoch or head.floor > feed.seq:
            feed.skip_to(head)
            self._revisit(feed, feed.members.everybody())
        elif head.seq > feed.seq:
            missed = await journal.read_after(connection, feed.room, feed.seq)
            self._told.holes += 1
            self._told.events += len(missed)
            feed.accept(missed)
        if feed.values_missed or head.values_version > feed.values_version:
            self._told.values += 1
            told: set[tuple[str, str]] = set()
            for audience in (Audience.EVERYONE, Audience.MODERATORS):
                for name, values in (await KINDS[head.kind].latest(connection, head, audience)).items():
                    for key in values.keys() - {key for other, key in told if other == name}:
                        feed.offer(
                            Value(name, key, audience, None, msgspec.json.encode(values[key])), head.values_version
                        )
                    told |= {(name, key) for key in values}
            feed.catch_up(head.values_version)
        self._news(feed)

"""Schedules delivery per room: immediately if idle, else once per tick, in chunks that yield to the event loop."""

import asyncio
from collections.abc import Callable, Iterable

from rooms.core.commands.messages import Event, declared, tag_of
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.member import Member
from rooms.core.store.journal import Entry

TICK = 0.020  # seconds between two messages of a busy room
TICK_PER_MEMBER = 0.000_012
"""Writing to a member takes 5 to 9 µs, so a room uses at most about half a core, however many messages there are."""
LONGEST_TICK = 0.050


def tick_of(members: int) -> float:
    """Seconds between two messages of a busy room with so many members."""
    return max(TICK, min(LONGEST_TICK, members * TICK_PER_MEMBER))


class DeliveryScheduler:
    """`revisit(feed, members)` is called for members whose rights must be read again."""

    def __init__(self, revisit: Callable[[Feed, Iterable[Member]], None]) -> None:
        self._revisit = revisit
        self._revisiting = {tag_of(event) for event in declared(Event) if event.revisits}

    def revisits(self, entry: Entry, person: str | None) -> bool:
        """Whether this person's rights must be read again because of an event."""
        return entry.type in self._revisiting and entry.person == person

    def schedule(self, feed: Feed) -> None:
        """Delivers a room's news as soon as possible. If a broadcast is in progress, waits for it; finishing it synchronously would block
        the loop."""
        if feed.due is not None or feed.sending or not feed.has_news:
            return
        loop = asyncio.get_running_loop()
        wait = feed.delivered_at + tick_of(len(feed.members)) - loop.time()
        if wait <= 0:
            self.deliver(feed)
        else:
            feed.due = loop.call_later(wait, self.deliver, feed)

    def deliver(self, feed: Feed) -> None:
        """Delivers a room's news now."""
        if feed.due is not None:
            feed.due.cancel()
            feed.due = None
        feed.delivered_at = asyncio.get_running_loop().time()
        feed.members.send_all()
        entries, values = feed.take()
        start = 0
        for index, entry in enumerate(entries):
            if entry.type in self._revisiting and entry.person is not None:
                # Nothing from here on may reach this person before their rights have been read again.
                feed.members.begin(entries[start:index], [])
                feed.members.send_all()
                start = index
                self._revisit(feed, feed.members.of(entry.person))
            for watcher in tuple(feed.watchers):
                watcher(entry)
        if len(feed.members):
            feed.members.begin(entries[start:], values)
            if not feed.sending:
                self._send_chunk(feed)

    def _send_chunk(self, feed: Feed) -> None:
        feed.sending = feed.members.send_chunk()
        if feed.sending:
            # call_later(0), not call_soon: lets due timers run before the next chunk.
            asyncio.get_running_loop().call_later(0, self._send_chunk, feed)
        else:
            self.schedule(feed)

"""When the members of a room are told its news: at once when it was quiet, else once per tick, and only some of them in each turn of the loop."""

import asyncio
from collections.abc import Callable, Iterable

from rooms.core.commands.messages import Event, declared, tag_of
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.member import Member
from rooms.core.store.journal import Entry

TICK = 0.020  # seconds between two messages of a busy room
TICK_PER_MEMBER = 0.000_012
"""Writing to a member takes 5 to 9 µs, so a room takes at most some half of a core, however many messages there are in it."""
LONGEST_TICK = 0.050


def tick_of(members: int) -> float:
    """Seconds between two messages of a busy room with so many members."""
    return max(TICK, min(LONGEST_TICK, members * TICK_PER_MEMBER))


class DeliveryScheduler:
    """`revisit(feed, members)` is called for those whose rights have to be looked at again."""

    def __init__(self, revisit: Callable[[Feed, Iterable[Member]], None]) -> None:
        self._revisit = revisit
        self._revisits = {tag_of(event) for event in declared(Event) if event.revisits}

    def revisits(self, entry: Entry, person: str | None) -> bool:
        """Whether this person's rights have to be looked at again because of an event."""
        return entry.type in self._revisits and entry.person == person

    def schedule(self, feed: Feed) -> None:
        """Tells the news of a room as soon as may be: while a message is on its way, those that follow wait for its end, or it would have to be ended
        at once and hold up the loop."""
        if feed.due is not None or feed.sending or not feed.has_news:
            return
        loop = asyncio.get_running_loop()
        wait = feed.told_at + tick_of(len(feed.members)) - loop.time()
        if wait <= 0:
            self.tell(feed)
        else:
            feed.due = loop.call_later(wait, self.tell, feed)

    def tell(self, feed: Feed) -> None:
        """Tells the news of a room now."""
        if feed.due is not None:
            feed.due.cancel()
            feed.due = None
        feed.told_at = asyncio.get_running_loop().time()
        feed.members.send_all()
        entries, values = feed.take()
        start = 0
        for index, entry in enumerate(entries):
            if entry.type in self._revisits and entry.person is not None:
                # Nothing from here on may reach him before his rights have been looked at again.
                feed.members.tell(entries[start:index], [])
                feed.members.send_all()
                start = index
                self._revisit(feed, feed.members.of(entry.person))
            for watcher in tuple(feed.watchers):
                watcher(entry)
        if len(feed.members):
            feed.members.tell(entries[start:], values)
            if not feed.sending:
                self._send_some(feed)

    def _send_some(self, feed: Feed) -> None:
        feed.sending = feed.members.send_some()
        if feed.sending:
            # Not `call_soon`: what came meanwhile, timers and those whom they wake, has its turn before the next chunk, not behind it.
            asyncio.get_running_loop().call_later(0, self._send_some, feed)
        else:
            self.schedule(feed)

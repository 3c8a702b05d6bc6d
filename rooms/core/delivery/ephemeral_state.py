"""What no table holds, told to the members here and to the other processes: who is in a room, and how many do a thing at this moment."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from rooms.core.commands.audience import Audience
from rooms.core.commands.people import PersonView, PresenceView
from rooms.core.commands.registry import CounterKey
from rooms.core.commands.transaction import Value
from rooms.core.delivery.feed import Feed
from rooms.core.delivery.presence import Presence
from rooms.core.delivery.reaction_counts import ReactionCounts
from rooms.core.ids import new_id

PRESENCE_SECONDS = 0.5
NAMED = 100
CROWDED = 100


class EphemeralState:
    """`tell(room, kind, body)` publishes to the processes that follow a room (None: to all); `news(feed)` is called when members have something to be told."""

    def __init__(
        self, feeds: Mapping[str, Feed], tell: Callable[[str | None, str, Any], None], news: Callable[[Feed], None]
    ) -> None:
        self._feeds = feeds
        self._news = news
        self._due: set[str] = set()
        self.presence = Presence(new_id(), lambda room, body: tell(room, "presence", body), self._changed)
        self.reaction_counts = ReactionCounts(lambda room, body: tell(room, "tallies", body), self._show_tallies)

    def present_for_entrant(self, feed: Feed) -> Raw:
        """Who is here, for one who comes in. In a crowd it may be half a second old: everybody is told anew then anyway."""
        if feed.present is None or len(feed.members) < CROWDED:
            feed.present = Raw(msgspec.json.encode({"": self._present(feed.room)}))
        return feed.present

    async def show_alive(self) -> None:
        """Tells the other processes that this one lives, and forgets those that no longer say so."""
        self.presence.send_alive()
        self.presence.forget_silent(asyncio.get_running_loop().time())

    def _present(self, room: str) -> PresenceView:
        people = self.presence.people(room)
        named = sorted((name, person) for person, name in people.items() if name)[:NAMED]
        return PresenceView(len(people), [PersonView(person, name) for name, person in named])

    def _changed(self, room: str) -> None:
        if room not in self._due:
            self._due.add(room)
            asyncio.get_running_loop().call_later(PRESENCE_SECONDS, self._show_present, room)

    def _show_present(self, room: str) -> None:
        self._due.discard(room)
        self.presence.send_changes(room)
        feed = self._feeds.get(room)
        if feed is not None:
            feed.present = None
            feed.offer(Value("present", "", Audience.EVERYONE, None, msgspec.json.encode(self._present(room))), 0)
            self._news(feed)

    def _show_tallies(self, room: str, counts: dict[CounterKey, int]) -> None:
        feed = self._feeds.get(room)
        if feed is not None:
            for name in {name for name, _ in counts}:
                value = {kind: count for (of, kind), count in counts.items() if of == name}
                feed.offer(Value(name, "", Audience.EVERYONE, None, msgspec.json.encode(value)), 0)
            self._news(feed)

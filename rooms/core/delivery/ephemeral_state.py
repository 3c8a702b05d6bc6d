"""State that no table holds, shown to members here and sent to the other processes: who is present, and reaction counts."""

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
    """`send(room, kind, body)` publishes to the processes that follow a room (None: to all); `schedule(feed)` delivers a room's news."""

    def __init__(self, send: Callable[[str | None, str, Any], None], schedule: Callable[[Feed], None]) -> None:
        self.feeds: Mapping[str, Feed] = {}
        self._schedule = schedule
        self._due: set[str] = set()
        self.presence = Presence(new_id(), lambda room, body: send(room, "presence", body), self._presence_changed)
        self.reaction_counts = ReactionCounts(lambda room, body: send(room, "tallies", body), self._show_counts)

    def present_for_entrant(self, feed: Feed) -> Raw:
        """Who is here, for a member who joins. In a crowd it may be half a second old: everyone receives it again then anyway."""
        if feed.present is None or len(feed.members) < CROWDED:
            feed.present = Raw(msgspec.json.encode({"": self._present(feed.room)}))
        return feed.present

    async def send_alive(self) -> None:
        """Tells the other processes that this one is alive, and forgets those that have fallen silent."""
        self.presence.send_alive()
        self.presence.forget_silent(asyncio.get_running_loop().time())

    def _present(self, room: str) -> PresenceView:
        people = self.presence.people(room)
        named = sorted((name, person) for person, name in people.items() if name)[:NAMED]
        return PresenceView(len(people), [PersonView(person, name) for name, person in named])

    def _presence_changed(self, room: str) -> None:
        if room not in self._due:
            self._due.add(room)
            asyncio.get_running_loop().call_later(PRESENCE_SECONDS, self._show_presence, room)

    def _show_presence(self, room: str) -> None:
        self._due.discard(room)
        self.presence.send_changes(room)
        feed = self.feeds.get(room)
        if feed is not None:
            feed.present = None
            self._offer(feed, "present", self._present(room))

    def _show_counts(self, room: str, counts: dict[CounterKey, int]) -> None:
        feed = self.feeds.get(room)
        if feed is not None:
            for name in {name for name, _ in counts}:
                self._offer(feed, name, {kind: count for (of, kind), count in counts.items() if of == name})

    def _offer(self, feed: Feed, name: str, value: object) -> None:
        feed.offer(Value(name, "", Audience.EVERYONE, None, msgspec.json.encode(value)), 0)
        self._schedule(feed)

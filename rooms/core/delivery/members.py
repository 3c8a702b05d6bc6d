"""The members of one room on this process: who sees what, and messages on their way to them."""

from collections.abc import Iterable

from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Value
from rooms.core.delivery.encoding import encode_batch
from rooms.core.delivery.fanout import Broadcast, Group
from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.store.journal import Entry


class RoomMembers:
    """Members of one audience (and one subprotocol) form one group and receive the same bytes."""

    __slots__ = ("_anonymous", "_broadcasts", "_count", "_groups", "_people", "_room")

    def __init__(self, room: str) -> None:
        self._room = room
        self._groups: dict[tuple[Audience, bool], Group] = {}
        self._people: dict[str, tuple[Member, ...]] = {}
        self._anonymous: dict[Member, None] = {}
        self._broadcasts: list[Broadcast] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def everybody(self) -> list[Member]:
        return [*self._anonymous, *(member for members in self._people.values() for member in members)]

    def of(self, person: str) -> list[Member]:
        """A person's members: their tabs and devices, and big screens that they have opened."""
        return list(self._people.get(person, ()))

    def add(self, member: Member) -> None:
        key = (member.audience, member.sink.binary)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(binary=member.sink.binary)
        member.slot = group.add(member.sink)
        if member.person is None:
            self._anonymous[member] = None
        else:
            self._people[member.person] = (*self._people.get(member.person, ()), member)
        self._count += 1

    def discard(self, member: Member) -> bool:
        """Whether the member was in."""
        if member.slot is None:
            return False
        member.slot.group.discard(member.slot)
        member.slot = None
        if member.person is None:
            del self._anonymous[member]
        elif others := tuple(other for other in self._people[member.person] if other is not member):
            self._people[member.person] = others
        else:
            del self._people[member.person]
        self._count -= 1
        return True

    def begin(self, entries: list[Entry], values: Iterable[Value]) -> None:
        """Begins to broadcast a tick's news; `send_chunk` continues. What is for one person alone is written at once."""
        values = list(values)
        people = {e.person for e in entries if e.audience is Audience.PERSON}
        people |= {v.person for v in values if v.audience is Audience.PERSON}
        alone = [
            member
            for person in people
            if person is not None
            for member in self._people.get(person, ())
            if member.reader is not None
        ]
        for (audience, _), group in self._groups.items():
            shared = encode_batch(self._room, entries, values, audience, None)
            if shared is not None and len(group):
                skip = {member.slot.index for member in alone if member.slot is not None and member.slot.group is group}
                self._broadcasts.append(Broadcast(group, EncodedMessage(shared), skip))
        for member in alone:
            own = encode_batch(self._room, entries, values, member.audience, member.reader)
            if own is not None:
                member.sink.write(EncodedMessage(own))

    def send_chunk(self) -> bool:
        """Writes to the next chunk of members; whether there are more."""
        while self._broadcasts:
            if self._broadcasts[0].step():
                return True
            self._broadcasts.pop(0)
        return False

    def send_all(self) -> None:
        """Finishes all broadcasts, before anyone is written to out of turn or removed."""
        while self._broadcasts:
            self._broadcasts.pop(0).finish()

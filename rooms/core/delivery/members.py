"""The members of one room on this process: who sees what, and messages on their way to them."""

from collections.abc import Iterable

from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Value
from rooms.core.delivery.encoding import encode_batch
from rooms.core.delivery.fanout import Group, Sweep
from rooms.core.delivery.member import Member
from rooms.core.delivery.sink import EncodedMessage
from rooms.core.store.journal import Entry


class RoomMembers:
    """Members of one audience (and one subprotocol) stand in one group and get the same bytes."""

    __slots__ = ("_anonymous", "_count", "_groups", "_people", "_room", "_sweeps")

    def __init__(self, room: str) -> None:
        self._room = room
        self._groups: dict[tuple[Audience, bool], Group] = {}
        self._people: dict[str, tuple[Member, ...]] = {}
        self._anonymous: dict[Member, None] = {}
        self._sweeps: list[Sweep] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def everybody(self) -> list[Member]:
        return [*self._anonymous, *(member for members in self._people.values() for member in members)]

    def of(self, person: str) -> list[Member]:
        """A person's members: his tabs and devices, and big screens that he has opened."""
        return list(self._people.get(person, ()))

    def add(self, member: Member) -> None:
        key = (member.audience, member.sink.binary)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(binary=member.sink.binary)
        member.place = group.add(member.sink)
        if member.person is None:
            self._anonymous[member] = None
        else:
            self._people[member.person] = (*self._people.get(member.person, ()), member)
        self._count += 1

    def discard(self, member: Member) -> bool:
        """Whether he was in."""
        if member.place is None:
            return False
        member.place.group.discard(member.place)
        member.place = None
        if member.person is None:
            del self._anonymous[member]
        elif others := tuple(other for other in self._people[member.person] if other is not member):
            self._people[member.person] = others
        else:
            del self._people[member.person]
        self._count -= 1
        return True

    def tell(self, entries: list[Entry], values: Iterable[Value]) -> None:
        """Begins to send a tick's news; `send_some` does the rest. What is one person's alone is written to him at once."""
        values = list(values)
        singled_out = {e.person for e in entries if e.audience is Audience.PERSON}
        singled_out |= {v.person for v in values if v.audience is Audience.PERSON}
        alone = [
            member
            for person in singled_out
            if person is not None
            for member in self._people.get(person, ())
            if member.reader is not None
        ]
        for (audience, _), group in self._groups.items():
            shared = encode_batch(self._room, entries, values, audience, None)
            if shared is not None and len(group):
                spared = {
                    member.place.slot for member in alone if member.place is not None and member.place.group is group
                }
                self._sweeps.append(Sweep(group, EncodedMessage(shared), spared))
        for member in alone:
            own = encode_batch(self._room, entries, values, member.audience, member.reader)
            if own is not None:
                member.sink.write(EncodedMessage(own))

    def send_some(self) -> bool:
        """Writes to the next few hundred members; whether there are more."""
        while self._sweeps:
            if self._sweeps[0].step():
                return True
            self._sweeps.pop(0)
        return False

    def send_all(self) -> None:
        """Ends what is on its way, before anyone is written to out of turn or taken out."""
        while self._sweeps:
            self._sweeps.pop(0).finish()

"""The oracle: each client records what it received and what was acknowledged, and compares it with the database afterwards.

What was acknowledged is stored; seqs are contiguous; all saw one order, and saw what they may see; nothing came or happened twice; nothing reached
one who is no member.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from rooms.chat.tables import messages
from rooms.core.commands.audience import Audience, sees
from rooms.core.store import journal
from rooms.core.store.database import Database
from rooms.core.store.tables import outcomes


class Ack(NamedTuple):
    """A command that was acknowledged: the key under which it was given, and the seq that its answer named."""

    key: str
    op: str
    room: str
    seq: int | None


class _Numbered(msgspec.Struct):
    seq: int


@dataclass
class Witness:
    """What one client knows of one room. `seen` maps an epoch to what came under each seq (a hash of the event's bytes)."""

    name: str
    person: str | None
    room: str
    epoch: str = ""
    audience: str = ""
    position: int = -1
    seen: dict[str, dict[int, bytes]] = field(default_factory=dict[str, dict[int, bytes]])
    acks: list[Ack] = field(default_factory=list[Ack])
    faults: list[str] = field(default_factory=list[str])
    foreign: int = 0
    snapshots: int = 0
    resumes: int = 0

    def begin(self, epoch: str, seq: int, audience: str) -> None:
        """A snapshot replaces everything known."""
        self.snapshots += 1
        self.epoch, self.position, self.audience = epoch, seq, audience
        self.seen.setdefault(epoch, {})

    def advance(self, events: Iterable[msgspec.Raw]) -> None:
        seen = self.seen[self.epoch]
        for event in events:
            seq, mark = _read(bytes(event))
            if seq != self.position + 1:
                self.faults.append(f"{self.name} was at {self.position} and received {seq}")
            self.position = max(seq, self.position)
            seen[seq] = mark


@dataclass
class Verdict:
    """What the oracle found. `top` is the last seq of the room."""

    top: int = 0
    acknowledged: int = 0
    observed: int = 0
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    disordered: list[str] = field(default_factory=list[str])
    leaked: list[str] = field(default_factory=list[str])
    behind: list[str] = field(default_factory=list[str])

    @property
    def faults(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.disordered, *self.leaked, *self.behind]

    def hold(self) -> "Verdict":
        """Fails unless something happened, somebody saw it, and all is well."""
        assert self.acknowledged, "nothing was acknowledged, so nothing could have been lost"
        return self.hold_seen()

    def hold_seen(self) -> "Verdict":
        """The same for those who only watched."""
        assert self.observed, "nobody saw anything"
        assert not self.faults, "\n".join(self.faults[:20])
        return self


def fingerprint(event: bytes) -> bytes:
    return hashlib.blake2b(event, digest_size=8).digest()


@lru_cache(50_000)
def _read(event: bytes) -> tuple[int, bytes]:
    """Seq and fingerprint of an event. Hundreds of clients receive the same bytes and share one fingerprint of them."""
    return msgspec.json.decode(event, type=_Numbered).seq, fingerprint(event)


async def examine(url: str, witnesses: Iterable[Witness], *, finished: bool = True) -> Verdict:
    """Compares everything that the witnesses know with the database. `finished`: everyone should have received everything."""
    witnesses = list(witnesses)
    verdict = Verdict()
    database = Database(url)
    try:
        for room in sorted({witness.room for witness in witnesses}):
            await _examine_room(database, room, [each for each in witnesses if each.room == room], verdict, finished)
        await _examine_acks(database, witnesses, verdict)
    finally:
        await database.close()
    return verdict


async def _examine_room(
    database: Database, id: str, witnesses: list[Witness], verdict: Verdict, finished: bool
) -> None:
    async with database.read() as connection:
        room = await journal.find_room(connection, id)
        assert room is not None
        entries = await journal.read_after(connection, id, 0)
        texts = (await connection.execute(sa.select(messages.c.text).where(messages.c.room == id))).scalars().all()
    verdict.top = max(verdict.top, room.seq)
    if [entry.seq for entry in entries] != list(range(room.floor + 1, room.seq + 1)):
        verdict.disordered.append(f"the journal of {id} is not contiguous up to {room.seq}")
    verdict.doubled += [f"“{text}” appears {count} times" for text, count in Counter(texts).items() if count > 1]
    by_seq = {entry.seq: entry for entry in entries}
    shown = {entry.seq: fingerprint(b'{"seq":%d,%b' % (entry.seq, entry.payload[1:])) for entry in entries}
    hidden = {entry.seq: fingerprint(b'{"seq":%d}' % entry.seq) for entry in entries}
    for witness in witnesses:
        verdict.disordered += witness.faults
        if witness.foreign:
            verdict.leaked.append(f"{witness.name} received {witness.foreign} events of rooms they had not joined")
        audience = Audience(witness.audience) if witness.audience else Audience.EVERYONE
        for seq, seen in witness.seen.get(f"{room.epoch}-{audience.value}", {}).items():
            entry = by_seq.get(seq)
            if entry is None:
                verdict.lost.append(f"{witness.name} received {seq}, which is not in the journal")
                continue
            visible = sees(audience, witness.person, entry.audience, entry.person)
            verdict.observed += 1
            if seen != (shown if visible else hidden)[seq]:
                verdict.disordered.append(f"{witness.name} received something else than the journal has at {seq}")
        if finished and (witness.epoch != f"{room.epoch}-{audience.value}" or witness.position != room.seq):
            verdict.behind.append(f"{witness.name} is at {witness.position} of {room.seq}")


async def _examine_acks(database: Database, witnesses: list[Witness], verdict: Verdict) -> None:
    async with database.read() as connection:
        o = outcomes.c
        rows = (await connection.execute(sa.select(o.person, o.key, o.seq))).all()
        entries = (await connection.execute(sa.select(journal.journal.c.room, journal.journal.c.seq))).all()
    stored = {(row.person, row.key): row.seq for row in rows}
    written = {(row.room, row.seq) for row in entries}
    for witness in witnesses:
        for ack in witness.acks:
            verdict.acknowledged += 1
            known = stored.get((witness.person or "", ack.key), "nothing")
            if known != ack.seq or (ack.seq is not None and (ack.room, ack.seq) not in written):
                verdict.lost.append(f"{ack.op} {ack.key} was acknowledged as {ack.seq}, and {known} is stored")

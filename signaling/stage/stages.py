"""Who may publish on a session's stage and who may view it, and what its room says about it. One `LiveStages` for each process of the server.

Rights are checked when a peer arrives, and again every few seconds: media flows past the rooms, so nothing else would end it for someone who has lost access.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from rooms.core.background import BackgroundTasks
from rooms.core.commands.access import Actor, resolve_many, rooms_with_access
from rooms.core.engine import Engine
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import rooms as room_rows
from rooms.core.text import N_
from rooms.forum.hosting import note_air
from rooms.forum.hosting_messages import StageAir, StageKind
from rooms.forum.questions import queries
from rooms.forum.questions.queries import Forum
from rooms.people import rules
from rooms.programme.messages import SessionState
from rooms.programme.tables import forums
from signaling.stage.engine import ADDRESS, Accepted, AirState, PeerEntry, Publication, Refused, StageEngine
from signaling.stage.keys import make_key

log = logging.getLogger("plenary.stage")

PUBLISHES = Rate(30, 60)
VIEWS = Rate(60, 60)
"""Of one person, or of one network address without a sign-in: a whole audience may share one."""
VIEWS_OF_ADDRESS = Rate(600, 60)
KEEP_SECONDS = 5.0
RETRY_SECONDS = 1.0

BAD_KEY = N_("This stream key is not valid, or has been replaced. Copy the current one from the session's page.")
OVER = N_("This session is over.")
ELSEWHERE = N_("The stage shows a stream or player of another site. A moderator can change that.")
NOTHING_LIVE = N_("Nobody is live on this stage.")
TAKEN = N_("%(name)s is live on this stage. You can take their place.")
FULL = N_("The server has no room for another connection to a stage. Try again in a moment.")
ABSENT = N_("This connection to the stage has ended.")
UNAVAILABLE = N_("The stage is not available right now. Try again in a moment.")
UNUSABLE = N_("This offer cannot be used: %(fault)s.")


class Caller(NamedTuple):
    """Who asks. `person` is None without a sign-in; `key` is the stream key of a program, which proves that it acts for the person."""

    person: str | None
    address: str
    key: str = ""

    @property
    def owner(self) -> str:
        """Names the caller to the engine."""
        return self.person or ADDRESS + hashlib.sha256(self.address.encode()).hexdigest()[:16]


class LiveStages:
    def __init__(self, engine: Engine, media: StageEngine) -> None:
        self._engine = engine
        self._media = media
        self._states: dict[str, AirState] = {}
        self._changed: dict[str, asyncio.Task[None]] = {}
        self._tasks = BackgroundTasks(log)
        media.listen(self._noted)

    async def start(self) -> None:
        """Corrects what the rooms say when no stage process runs any longer."""
        await self._media.start()
        await asyncio.sleep(0)
        on_air = {peer.stage for peer in await self._media.peers() if peer.publishes}
        for room in await self._said_to_be_live():
            if room not in on_air:
                self._noted(room, AirState.LOST)

    async def stop(self) -> None:
        await self._media.stop()
        await self._tasks.end()

    async def key(self, caller: Caller, room: str) -> str:
        """The caller's stream key for this stage. Raises Problem."""
        actor, forum = await self._enter(caller, room)
        rules.presents(actor)
        return make_key(self._engine.secret, room, actor.known.id, forum.stage_salt)

    async def publish(
        self, caller: Caller, room: str, offer: str, *, replaces: str = "", take: bool = False
    ) -> Accepted:
        """Raises Problem."""
        actor, forum = await self._enter(caller, room)
        rules.presents(actor)
        self._engine.limits.take("stage.publish", actor.known.id, PUBLISHES)
        _check_publishing(forum)
        wish = Publication(room, caller.owner, actor.known.name, offer, replaces, take)
        with _problems():
            return await self._media.publish(wish)

    async def view(self, caller: Caller, room: str, offer: str) -> Accepted:
        """Raises Problem."""
        self._engine.limits.take("stage.view.address", caller.address, VIEWS_OF_ADDRESS)
        actor, forum = await self._enter(caller, room)
        if caller.person is not None:
            self._engine.limits.take("stage.view", caller.person, VIEWS)
        _check_viewing(actor, forum)
        with _problems():
            return await self._media.view(room, caller.owner, offer)

    async def change(self, room: str, resource: str, fragment: str, etag: str) -> Accepted:
        """Trickle ICE or an ICE restart. Anyone who knows the resource's name owns it. Raises Problem."""
        with _problems():
            return await self._media.change(room, resource, fragment, etag)

    async def end(self, room: str, resource: str) -> None:
        """Raises Problem."""
        with _problems():
            await self._media.end(room, resource)

    async def keep(self) -> None:
        """Ends the peers of those who may no longer publish or view: removed, banned, or the session is over."""
        peers = await self._media.peers()
        if not peers:
            return
        engine = self._engine
        async with engine.database.read() as connection:
            found, access = await rooms_with_access(connection, {peer.stage for peer in peers})
            wanted = [(_person(peer.owner), found.get(peer.stage)) for peer in peers]
            actors = await resolve_many(connection, wanted, engine.clock(), access)
            states = {id: await queries.forum(connection, room.subject) for id, room in found.items()}
        for peer, actor in zip(peers, actors, strict=True):
            if isinstance(actor, Problem) or not _still(peer, actor, states):
                with contextlib.suppress(Refused):
                    await self._media.end(peer.stage, peer.resource)

    async def _enter(self, caller: Caller, room: str) -> tuple[Actor, Forum]:
        actor = await self._engine.actor(caller.person, room)
        async with self._engine.database.read() as connection:
            forum = await queries.forum(connection, actor.room.subject)
        if caller.key:
            valid = make_key(self._engine.secret, room, caller.person or "", forum.stage_salt)
            if not hmac.compare_digest(valid, caller.key):
                raise Problem("not_signed_in", BAD_KEY)
        return actor, forum

    def _noted(self, room: str, state: AirState) -> None:
        """What the engine says goes into the room, in order; only the newest state matters while an earlier one is being written."""
        self._states[room] = state
        if room not in self._changed:
            self._changed[room] = self._tasks.spawn(self._write(room))

    async def _write(self, room: str) -> None:
        try:
            while (state := self._states.pop(room, None)) is not None:
                try:
                    await self._write_once(room, state)
                except Problem:
                    # The database is busy or away. This state is written later, unless there is a newer one by then.
                    self._states.setdefault(room, state)
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            del self._changed[room]

    async def _write_once(self, room: str, state: AirState) -> None:
        async with self._engine.database.read() as connection:
            found, _ = await rooms_with_access(connection, [room])
        session = found[room].subject if room in found else None
        if session is not None:
            async with self._engine.transaction([room]) as tx:
                await note_air(tx, session, room, StageAir(state.value))

    async def _said_to_be_live(self) -> Iterable[str]:
        select = sa.select(room_rows.c.id, forums.c.stage).join(forums, forums.c.session == room_rows.c.subject)
        select = select.where(room_rows.c.kind == "session", forums.c.state != SessionState.ENDED.value)
        async with self._engine.database.read() as connection:
            rows = await connection.execute(select)
            return [row.id for row in rows if row.stage.get("air") == StageAir.LIVE]


def _person(owner: str) -> str | None:
    return None if owner.startswith(ADDRESS) else owner


def _still(peer: PeerEntry, actor: Actor, states: Mapping[str, Forum]) -> bool:
    try:
        if peer.publishes:
            rules.presents(actor)
            _check_publishing(states[peer.stage])
        else:
            _check_viewing(actor, states[peer.stage])
    except Problem:
        return False
    return True


def _check_publishing(forum: Forum) -> None:
    if forum.state == SessionState.ENDED:
        raise Problem("closed", OVER)
    if forum.stage_view.kind not in {StageKind.SLATE, StageKind.LIVE}:
        raise Problem("conflict", ELSEWHERE)


def _check_viewing(actor: Actor, forum: Forum) -> None:
    """A stage that is still being prepared is for those on it alone."""
    if forum.state == SessionState.ENDED:
        raise Problem("closed", OVER)
    if forum.stage_view.kind is not StageKind.LIVE:
        raise Problem("conflict", NOTHING_LIVE)
    if not forum.stage_is_public:
        rules.presents(actor)


@contextlib.contextmanager
def _problems():
    """What the engine refuses, in the words for people."""
    try:
        yield
    except Refused as refused:
        match refused.code:
            case "taken":
                raise Problem(
                    "conflict", TAKEN, values={"name": refused.detail}, present={"name": refused.detail}
                ) from refused
            case "unusable":
                raise Problem("malformed", UNUSABLE, values={"fault": refused.detail}) from refused
            case "full":
                raise Problem("unavailable", FULL, retry_after=5) from refused
            case "gone":
                raise Problem("not_found", ABSENT) from refused
            case "stale":
                raise Problem("stale", ABSENT) from refused
            case _:
                raise Problem("unavailable", UNAVAILABLE, retry_after=2) from refused

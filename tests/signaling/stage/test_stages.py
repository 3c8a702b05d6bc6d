"""Who may publish on a stage and view it, what its room says, and what happens to those who lose their rights. The engine is one that only notes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.forum.hosting_messages import RenewStreamKeys, ShowStage, StageAir, StageKind
from rooms.forum.questions import queries
from rooms.people.messages import RemovePerson, RevokeRole
from rooms.programme.messages import EndSession, OpenSession, StartSession
from signaling.stage.engine import Accepted, AirListener, AirState, PeerEntry, Publication, Refused
from signaling.stage.keys import make_key, person_of
from signaling.stage.stages import Caller, LiveStages
from tests.support.clients import enter
from tests.support.waiting import settled
from tests.support.world import World


@dataclass
class NotingEngine:
    """Accepts everything, and notes it."""

    there: dict[str, PeerEntry] = field(default_factory=dict)
    wishes: list[Publication] = field(default_factory=list)
    listeners: list[AirListener] = field(default_factory=list)
    refuses: Refused | None = None

    def listen(self, listener: AirListener) -> None:
        self.listeners.append(listener)

    def say(self, room: str, state: AirState) -> None:
        for listener in self.listeners:
            listener(room, state)

    async def start(self) -> None: ...
    async def stop(self) -> None: ...

    async def publish(self, publication: Publication) -> Accepted:
        if self.refuses is not None:
            raise self.refuses
        self.wishes.append(publication)
        return self._accept(publication.stage, publication.owner, True)

    async def view(self, stage: str, owner: str, offer: str) -> Accepted:
        return self._accept(stage, owner, False)

    def _accept(self, stage: str, owner: str, publishes: bool) -> Accepted:
        resource = f"r{len(self.there)}"
        self.there[resource] = PeerEntry(resource, stage, owner, publishes)
        return Accepted(resource, "answer", "etag")

    async def change(self, stage: str, resource: str, fragment: str, etag: str) -> Accepted:
        raise Refused("gone")

    async def end(self, stage: str, resource: str) -> None:
        if self.there.pop(resource, None) is None:
            raise Refused("gone")

    async def peers(self) -> list[PeerEntry]:
        return list(self.there.values())


@pytest.fixture
def media() -> NotingEngine:
    return NotingEngine()


@pytest.fixture
def stages(world: World, media: NotingEngine) -> LiveStages:
    return LiveStages(world.engine, media)


def caller(world: World, who: str | None) -> Caller:
    return Caller(world.people[who] if who else None, "203.0.113.9")


async def code_of(work: Awaitable[object]) -> str:
    try:
        await work
    except Problem as problem:
        return problem.code
    return "ok"


async def stage_of(world: World) -> tuple[StageKind, StageAir]:
    async with world.engine.database.read() as connection:
        view = (await queries.forum(connection, world.session)).stage_view
    return view.kind, view.air


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)


async def on_air(world: World, media: NotingEngine, state: AirState = AirState.LIVE) -> None:
    media.say(world.room, state)
    await until(lambda: _is(world, state))


async def _is(world: World, state: AirState) -> bool:
    return (await stage_of(world))[1].value == state.value


async def test_who_may_publish(world: World, stages: LiveStages, media: NotingEngine) -> None:
    found = {
        who: await code_of(stages.publish(caller(world, who), world.room, "offer"))
        for who in (None, "attendee", "speaker", "moderator", "organiser")
    }
    assert found == {
        None: "not_signed_in",
        "attendee": "forbidden",
        "speaker": "ok",
        "moderator": "ok",
        "organiser": "ok",
    }
    assert [wish.name for wish in media.wishes] == ["Speaker", "Moderator", "Organiser"]


async def test_who_may_view_and_when(world: World, stages: LiveStages, media: NotingEngine) -> None:
    everybody = (None, "attendee", "speaker", "moderator")

    async def codes() -> dict[str | None, str]:
        return {who: await code_of(stages.view(caller(world, who), world.room, "offer")) for who in everybody}

    assert set((await codes()).values()) == {"conflict"}, "nobody is live"
    await on_air(world, media)
    assert await stage_of(world) == (StageKind.LIVE, StageAir.LIVE), "instead of the title card"
    rehearsal = await codes()
    assert rehearsal == {None: "not_signed_in", "attendee": "forbidden", "speaker": "ok", "moderator": "ok"}
    await world.do("moderator", OpenSession())
    assert set((await codes()).values()) == {"ok"}
    await world.do("moderator", ShowStage(StageKind.SLATE))
    assert set((await codes()).values()) == {"conflict"}
    await world.do("moderator", ShowStage(StageKind.LIVE))
    assert await stage_of(world) == (StageKind.LIVE, StageAir.LIVE), (
        "whether somebody publishes is not for moderators to say"
    )
    await world.do("moderator", StartSession())
    await world.do("moderator", EndSession())
    assert set((await codes()).values()) == {"closed"}
    assert await code_of(stages.publish(caller(world, "speaker"), world.room, "offer")) == "closed"


async def test_the_room_hears_who_comes_and_goes(world: World, stages: LiveStages, media: NotingEngine) -> None:
    await world.do("moderator", OpenSession())
    attendee = await enter(world, "attendee")
    for state in (AirState.LIVE, AirState.LOST, AirState.LIVE, AirState.OFF):
        await on_air(world, media, state)
    await settled(world.engine)
    await attendee.verify()
    assert attendee.state["snapshot"]["stage"] == {"kind": "live", "address": "", "title": ""}
    await on_air(world, media)
    await settled(world.engine)
    await attendee.verify()
    assert attendee.state["snapshot"]["stage"]["air"] == "live"
    before = attendee.seq
    media.say(world.room, AirState.LIVE)
    await asyncio.sleep(0.1)
    await settled(world.engine)
    assert attendee.catch_up().seq == before, "every process of the server hears the engine, and one event is enough"


async def test_an_external_stage_is_not_replaced(world: World, stages: LiveStages, media: NotingEngine) -> None:
    await world.do("moderator", ShowStage(StageKind.HLS, "https://media.example/live.m3u8"))
    assert await code_of(stages.publish(caller(world, "speaker"), world.room, "offer")) == "conflict"
    await on_air(world, media)
    assert (await stage_of(world))[0] is StageKind.HLS


async def test_media_ends_with_the_right_to_it(world: World, stages: LiveStages, media: NotingEngine) -> None:
    await world.do("moderator", OpenSession())
    await stages.publish(caller(world, "speaker"), world.room, "offer")
    await on_air(world, media)
    for who in ("attendee", "other", None):
        await stages.view(caller(world, who), world.room, "offer")
    await stages.keep()
    assert len(media.there) == 4, "nobody has lost anything"

    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    await stages.keep()
    assert world.people["attendee"] not in {peer.owner for peer in media.there.values()}
    assert len(media.there) == 3
    await world.do("organiser", RevokeRole(world.people["speaker"], Role.SPEAKER))
    await stages.keep()
    assert not [peer for peer in media.there.values() if peer.publishes]
    await world.do("moderator", StartSession())
    await world.do("moderator", EndSession())
    await stages.keep()
    assert media.there == {}


async def test_stream_keys(world: World, stages: LiveStages, media: NotingEngine) -> None:
    speaker = caller(world, "speaker")
    key = await stages.key(speaker, world.room)
    assert person_of(key) == speaker.person
    assert await code_of(stages.key(caller(world, "attendee"), world.room)) == "forbidden"

    async def with_key(key: str, who: str = "speaker") -> str:
        return await code_of(stages.publish(Caller(world.people[who], "203.0.113.9", key), world.room, "offer"))

    assert await with_key(key) == "ok"
    assert await with_key(key[:-2] + "AA") == "not_signed_in"
    assert await with_key(key, "moderator") == "not_signed_in", "it is the key of one person"
    attendee = make_key(world.engine.secret, world.room, world.people["attendee"], "")
    assert await with_key(attendee, "attendee") == "forbidden", "a key gives no rights"
    await world.do("speaker", RenewStreamKeys())
    assert await with_key(key) == "not_signed_in"
    assert await with_key(await stages.key(speaker, world.room)) == "ok"
    for bad in ("", "stage_", "stage_x_y", "plenary_" + "a" * 40, "stage_" + "a" * 500):
        assert person_of(bad) is None


async def test_a_stage_that_nobody_serves_any_longer_is_lost(
    world: World, stages: LiveStages, media: NotingEngine
) -> None:
    """The whole machine has restarted: the rooms still say “live”."""
    await world.do("moderator", OpenSession())
    await on_air(world, media)
    again = LiveStages(world.engine, NotingEngine())
    await again.start()
    await until(lambda: _is(world, AirState.LOST))


async def test_a_state_is_written_when_the_database_is_back(
    world: World, stages: LiveStages, media: NotingEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, attempts = stages._write_once, list[AirState]()

    async def fails_twice(room: str, state: AirState) -> None:
        attempts.append(state)
        if len(attempts) < 3:
            raise Problem("unavailable", "busy")
        await write(room, state)

    monkeypatch.setattr("signaling.stage.stages.RETRY_SECONDS", 0.01)
    monkeypatch.setattr(stages, "_write_once", fails_twice)
    await on_air(world, media)
    assert attempts == [AirState.LIVE] * 3


async def test_the_engines_refusals_in_words(world: World, stages: LiveStages, media: NotingEngine) -> None:
    expected = {"taken": "conflict", "unusable": "malformed", "full": "unavailable", "unavailable": "unavailable"}
    for code, problem in expected.items():
        media.refuses = Refused(code, "Ada")
        assert await code_of(stages.publish(caller(world, "speaker"), world.room, "offer")) == problem
    assert await code_of(stages.end(world.room, "guessed")) == "not_found"
    assert await code_of(stages.change(world.room, "guessed", "", "")) == "not_found"

"""Members whose rights are read again, and rooms of one person."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from rooms.core.delivery.join_reads import JoinRequest, JoinResult
from tests.support.waiting import until
from tests.support.world import World


async def test_a_member_who_leaves_while_their_rights_are_read_is_not_read_again(
    world_of_two: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = world_of_two.engines[1].hub
    member, _ = await world_of_two.join("attendee", engine=1)
    reads = 0
    inside, gate = asyncio.Event(), asyncio.Event()
    answer = hub._join_batches._answer

    async def held(wanted: Sequence[JoinRequest]) -> Sequence[JoinResult | Exception]:
        nonlocal reads
        reads += 1
        inside.set()
        await gate.wait()
        return await answer(wanted)

    monkeypatch.setattr(hub._join_batches, "_answer", held)
    hub.revisit(member)
    await inside.wait()
    hub.leave(member)
    await until(lambda: not hub.followed)
    await world_of_two.ask("Meanwhile?", "other")  # so that what was read is out of date
    gate.set()
    await asyncio.sleep(0.3)
    assert reads == 1


async def test_a_desk_has_no_presence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = await world.desk("attendee")
    await world.join("attendee", room=desk)
    await world.join("attendee")
    sent: list[tuple[str | None, Any]] = []
    monkeypatch.setattr(world.engine.hub.presence, "_send", lambda room, body: sent.append((room, body)))
    world.engine.hub.presence.send_alive()
    (sums,) = [body[2] for _, body in sent if body[0] == "alive"]
    assert list(sums) == [world.room], "the room is there, the desk is not"

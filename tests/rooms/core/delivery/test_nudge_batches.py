"""One message per room and tick on the bus: at once where it was quiet, nothing lost, nothing in another order."""

import asyncio
from typing import Any

import pytest

from rooms.chat.messages import PostMessage
from rooms.core.commands.audience import Audience
from rooms.core.commands.transaction import Nudge
from rooms.core.delivery.envelope import unseal
from rooms.core.delivery.nudge_batches import NudgeBatches
from rooms.core.store.journal import Entry
from rooms.forum.questions.messages import UnvoteQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.support.clients import enter
from tests.support.waiting import settled, until
from tests.support.world import SECRET, World

TICK = 0.05


def nudge(seq: int, room: str = "here") -> Nudge:
    return Nudge(room, "epoch", 0, [Entry(seq, "an.event", Audience.EVERYONE, None, b"{}")], [])


class Sent:
    """What was put on the bus: room and seqs of each message."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[int]]] = []

    def __call__(self, room: str, nudges: list[Nudge]) -> None:
        self.messages.append((room, [entry.seq for nudge in nudges for entry in nudge.entries]))


async def test_a_quiet_room_is_published_at_once_and_a_busy_one_once_a_tick() -> None:
    sent = Sent()
    bundles = NudgeBatches(TICK, sent)
    for seq in range(1, 6):
        bundles.add(nudge(seq))
    assert sent.messages == [("here", [1])], "at once: nothing has been waited for"
    await until(lambda: len(sent.messages) == 2)
    for seq in range(6, 9):
        bundles.add(nudge(seq))
    assert sent.messages == [("here", [1]), ("here", [2, 3, 4, 5])]
    await until(lambda: len(sent.messages) == 3)
    assert sent.messages[2] == ("here", [6, 7, 8])
    await asyncio.sleep(2 * TICK)
    bundles.add(nudge(9))
    assert sent.messages[3] == ("here", [9]), "it has been quiet"


async def test_rooms_do_not_wait_for_each_other() -> None:
    sent = Sent()
    bundles = NudgeBatches(TICK, sent)
    for room in ("here", "there", "here"):
        bundles.add(nudge(1, room))
    assert sent.messages == [("here", [1]), ("there", [1])]


async def test_what_waits_when_the_process_stops_is_sent() -> None:
    sent = Sent()
    bundles = NudgeBatches(TICK, sent)
    for seq in range(1, 4):
        bundles.add(nudge(seq))
    bundles.send_all()
    assert sent.messages == [("here", [1]), ("here", [2, 3])]
    await asyncio.sleep(2 * TICK)
    assert len(sent.messages) == 2


async def test_nothing_is_kept_for_a_room_that_has_fallen_quiet() -> None:
    bundles = NudgeBatches(TICK, Sent())
    for room in range(50):
        bundles.add(nudge(1, str(room)))
    assert len(bundles._waiting) == 50
    await until(lambda: not bundles._waiting)


def overheard(world: World) -> list[tuple[str, int]]:
    """What the second process hears of the room: kind of message, and of how many transactions it tells."""
    messages: list[tuple[str, int]] = []
    heard = world.engines[1].hub._heard

    def overhear(channel: str, data: bytes) -> None:
        kind, body = unseal(SECRET, data)
        if kind in ("nudge", "nudges"):
            messages.append((kind, len(body) if kind == "nudges" else 1))
        heard(channel, data)

    bus = world.engines[1].bus
    object.__setattr__(bus, "_receive", overhear)
    return messages


@pytest.fixture
def looked_for(each_world: World, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Rooms in which a process took something for lost. It waits longer than even a busy machine keeps a message on its way."""
    monkeypatch.setattr("rooms.core.delivery.hub.GAP_SECONDS", 2.0)
    rooms: list[list[str]] = []
    for engine in each_world.engines:
        reconcile = engine.hub.reconcile

        async def noting(some: list[str] | None = None, reconcile: Any = reconcile) -> None:
            if some is not None:
                rooms.append(some)
            await reconcile(some)

        monkeypatch.setattr(engine.hub, "reconcile", noting)
    return rooms


async def test_a_busy_room_costs_one_message_a_tick_and_the_others_learn_all(
    each_world: World, looked_for: list[list[str]]
) -> None:
    world = each_world
    world.lift_limits()
    world.engine.hub._batches._tick = 0.2  # however slow the machine, some commands fall into one
    client = await enter(world, None, engine=1)
    messages = overheard(world)
    for n in range(60):
        await world.do("other", PostMessage(f"{n}"))  # one after the other: each its own transaction
    await settled(*world.engines)
    await client.verify()
    assert client.types == ["chat.posted"] * 60
    assert looked_for == []
    assert sum(count for _, count in messages) == 60
    assert len(messages) < 60
    assert max(count for _, count in messages) > 1
    assert messages[0] == ("nudge", 1)


@pytest.mark.parametrize("each", [1, 4])
async def test_two_processes_that_take_turns_find_nothing_missing(
    each_world: World, looked_for: list[list[str]], each: int
) -> None:
    """What one process tells a tick late is on its way, not lost: the tables are not read again for it."""
    world = each_world
    world.lift_limits()
    clients = [await enter(world, None, engine=engine) for engine in (0, 1)]
    question = await world.ask()
    await world.do("moderator", ApproveQuestion(question, 1))
    await settled(*world.engines)
    voters = ("other", "speaker", "guest", "exhibitor")
    for n in range(20):
        votes = [(VoteQuestion, UnvoteQuestion)[n % 2](question) for _ in voters[:each]]
        await asyncio.gather(*(world.do(who, vote, engine=n % 2) for who, vote in zip(voters, votes, strict=False)))
    await settled(*world.engines)
    for client in clients:
        await client.verify()
    assert looked_for == []


async def test_a_process_of_before_and_one_of_now_understand_each_other(each_world: World) -> None:
    """While processes are renewed: one that knows no bundles finds them in the journal, and what it says itself is understood."""
    world = each_world
    world.lift_limits()
    world.engine.hub._batches._tick = 0.2
    client = await enter(world, None, engine=1)
    hub = world.engines[1].hub
    heard = hub._heard
    passed_by: list[int] = []

    def of_before(channel: str, data: bytes) -> None:
        kind, body = unseal(SECRET, data)
        if kind == "nudges":
            passed_by.append(len(body))
        else:
            heard(channel, data)

    object.__setattr__(world.engines[1].bus, "_receive", of_before)
    hub._batches.add = lambda nudge: hub._send_nudges(nudge.room, [nudge])
    other = await enter(world, None, engine=0)
    for n in range(30):
        await world.do("other", PostMessage(f"{n}"), engine=0)
        await world.do("attendee", PostMessage(f"{n}"), engine=1)
    world.engine.hub._batches.send_all()  # on a fast machine all of them fall into the first tick
    await hub.reconcile()
    await settled(*world.engines)
    assert passed_by, "there were bundles"
    for each in (client, other):
        await each.verify()
        assert each.types == ["chat.posted"] * 60

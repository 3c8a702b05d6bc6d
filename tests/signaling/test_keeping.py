"""What a process does with the peers whose connections it holds, round by round."""

from typing import Any

import pytest

from rooms.core.commands.messages import View
from rooms.meetings import roster
from rooms.meetings.create import close_meeting
from rooms.meetings.tables import call_peers
from signaling.calls import Calls
from signaling.messages import AskIce, CallWelcome, IceView, JoinCall, LeaveCall, Op, SetState
from signaling.seats import CallConnection
from tests.rooms.meetings.conftest import Meeting, new_meeting
from tests.support.refusals import refused
from tests.support.world import ListSink, World


@pytest.fixture
async def meeting(world: World) -> Meeting:
    return await new_meeting(world, "attendee", "staff")


class Held:
    """A connection of somebody in the call. `inside`: whether it is still in the room."""

    def __init__(self, calls: Calls, meeting: Meeting, who: str) -> None:
        self.inside = True
        self.sink = ListSink()
        self.calls, self.connection = calls, CallConnection(self.sink, lambda room: self.inside)
        self.person, self.room = meeting.world.people[who], meeting.room
        self.welcome: CallWelcome | None = None

    async def join(self, resume: str | None = None) -> CallWelcome:
        answer = await self.handle(JoinCall(1, self.room, resume))
        assert isinstance(answer, CallWelcome)
        return answer

    async def handle(self, op: Op) -> View | None:
        return await self.calls.handle(self.connection, self.person, op)

    def disconnect(self) -> None:
        self.calls.disconnect(self.connection)

    @property
    def received(self) -> list[dict[str, str]]:
        return [message["rtc"] for message in self.sink.messages]


async def test_who_is_put_out_of_the_room_is_out_of_the_call(meeting: Meeting) -> None:
    calls = Calls(meeting.world.engine)
    here, other = Held(calls, meeting, "attendee"), Held(calls, meeting, "staff")
    await here.join()
    await other.join()
    here.inside = False
    await calls.keep()
    assert here.received == [{"type": "removed", "reason": "closed"}]
    assert await meeting.names() == ["Staff"]
    assert (calls.peers, calls.active) == (1, 1)
    assert other.received == []


async def test_a_closed_meeting_ends_the_call_for_all(meeting: Meeting) -> None:
    world, calls = meeting.world, Calls(meeting.world.engine)
    held = [Held(calls, meeting, who) for who in ("attendee", "staff")]
    for each in held:
        await each.join()
    async with world.engine.transaction([meeting.room]) as tx:
        await close_meeting(tx, meeting.id)
    assert [each.received for each in held] == [[{"type": "removed", "reason": "closed"}]] * 2
    for each in held:
        with refused("conflict"):
            await each.handle(SetState(2, meeting.room, True, True, False, False, False))
    await calls.keep()
    assert calls.peers == 0


async def test_a_place_that_expired_in_spite_of_all_is_known_to_have(meeting: Meeting) -> None:
    world, calls = meeting.world, Calls(meeting.world.engine)
    here = Held(calls, meeting, "attendee")
    await here.join()
    async with world.engine.database.write() as connection:
        await connection.execute(call_peers.delete())
    await calls.keep()
    assert here.received == [{"type": "removed", "reason": "expired"}]
    assert calls.peers == 0


async def test_a_peer_that_came_back_elsewhere_is_let_go(meeting: Meeting) -> None:
    """To another process: this one learns of it when it looks."""
    here = Held(calls := Calls(meeting.world.engine), meeting, "attendee")
    token = (await here.join()).token
    await meeting.take("attendee", token)
    await calls.keep()
    assert here.received == [{"type": "replaced"}]
    assert calls.peers == 0


async def test_a_peer_that_comes_back_to_this_process_leaves_its_older_connection(meeting: Meeting) -> None:
    calls = Calls(meeting.world.engine)
    older, newer = Held(calls, meeting, "attendee"), Held(calls, meeting, "attendee")
    welcome = await older.join()
    assert (await newer.join(welcome.token)).peer == welcome.peer
    assert older.received == [{"type": "replaced"}]
    older.disconnect()
    await calls.stop()
    assert [each.lost for each in (await meeting.call()).peers] == [False], "its end does not concern this peer"


async def test_a_round_that_came_late_makes_up_for_it(meeting: Meeting) -> None:
    world, calls = meeting.world, Calls(meeting.world.engine)
    here = Held(calls, meeting, "attendee")
    await here.join()
    world.clock.advance(seconds=20)
    await Calls(world.engine).keep()  # another process, which expires them
    assert [each.lost for each in (await meeting.call()).peers] == [True]
    await calls.keep()
    assert [each.lost for each in (await meeting.call()).peers] == [False]
    assert here.received == []


async def test_a_process_that_ends_writes_down_all_losses(meeting: Meeting) -> None:
    calls = Calls(meeting.world.engine)
    held = [Held(calls, meeting, who) for who in ("attendee", "staff")]
    for each in held:
        await each.join()
    for each in held:
        each.disconnect()
    await calls.stop()
    assert [each.lost for each in (await meeting.call()).peers] == [True, True]
    assert calls.stats.losses == 2


async def test_a_loss_that_cannot_be_written_holds_up_no_other(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = Calls(meeting.world.engine)
    first, second, third = (Held(calls, meeting, who) for who in ("attendee", "staff", "attendee"))
    await first.join()
    await second.join()
    faults, lose = [RuntimeError("a bug")], roster.lose

    async def lose_or_fail(*arguments: Any) -> None:
        if faults:
            raise faults.pop()
        await lose(*arguments)

    monkeypatch.setattr(roster, "lose", lose_or_fail)
    first.disconnect()
    second.disconnect()
    await calls.stop()
    assert [each.lost for each in (await meeting.call()).peers] == [False, True]
    assert "a bug" in caplog.text
    await third.join()
    third.disconnect()
    await calls.stop()
    assert [each.lost for each in (await meeting.call()).peers] == [True, True], "losses are written again"


async def test_a_relay_that_browsers_cannot_use_is_counted(meeting: Meeting) -> None:
    calls = Calls(meeting.world.engine)
    asks = Held(calls, meeting, "attendee")
    for fault in (None, "refused", "refused", "silent"):
        assert isinstance(await asks.handle(AskIce(1, meeting.room, fault)), IceView)
    assert calls.stats.relay_faults == {"refused": 2, "silent": 1}


async def test_a_meeting_that_is_over_gives_no_relay(meeting: Meeting) -> None:
    asks = Held(Calls(meeting.world.engine), meeting, "attendee")
    async with meeting.world.engine.transaction([meeting.room]) as tx:
        await close_meeting(tx, meeting.id)
    with refused("closed"):
        await asks.handle(AskIce(1, meeting.room))


async def test_one_who_leaves_is_not_lost(meeting: Meeting) -> None:
    calls = Calls(meeting.world.engine)
    here = Held(calls, meeting, "attendee")
    await here.join()
    await here.handle(LeaveCall(2, meeting.room))
    here.disconnect()
    await calls.stop()
    assert await meeting.names() == []
    assert calls.stats.losses == 0

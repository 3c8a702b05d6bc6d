"""How much one stage process keeps: viewers of a person and of an address, those who never finish connecting, and stages with a publisher."""

from collections.abc import AsyncIterator

import pytest

from signaling.stage.engine import ADDRESS, Publication, Refused
from signaling.stage.forwarding import (
    MOST_HALF_OPEN_OF_OWNER,
    MOST_OF_ADDRESS,
    MOST_OF_PERSON,
    MOST_PUBLISHED,
    StageTable,
)
from signaling.stage.mux import Mux
from signaling.stage.peer import StagePeer
from tests.signaling.stage.test_sdp import OFFER
from tests.support.stage_peers import PlainPeer

VIEW = OFFER.replace("sendonly", "recvonly")
SHARED = ADDRESS + "an office"


@pytest.fixture
async def table() -> AsyncIterator[StageTable]:
    mux = Mux("127.0.0.1", 0, [])
    mux.start()
    table = StageTable(mux, lambda stage, state: None)
    yield table
    table.close()
    mux.close()


@pytest.fixture
def all_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone has keys at once, as after a handshake."""
    monkeypatch.setattr(StagePeer, "ready", property(lambda _: True))
    monkeypatch.setattr(StagePeer, "send_rtcp", lambda *_: None)


def owners(table: StageTable) -> list[str]:
    return [peer.owner for peer in table.peers]


@pytest.mark.usefixtures("all_ready")
async def test_people_who_share_an_address_do_not_end_each_other(table: StageTable) -> None:
    made = [table.view("s", SHARED, VIEW).resource for _ in range(MOST_OF_ADDRESS)]
    assert [peer.resource for peer in table.peers] == made
    for stage in ("s", "another"):
        with pytest.raises(Refused, match="full"):
            table.view(stage, SHARED, VIEW)
    assert [peer.resource for peer in table.peers] == made
    assert table.view("s", "a person at the same address", VIEW).description


async def test_one_owner_cannot_use_up_the_places_of_those_who_connect(table: StageTable) -> None:
    for _ in range(MOST_HALF_OPEN_OF_OWNER):
        table.view("s", SHARED, VIEW)
    with pytest.raises(Refused, match="full"):
        table.view("s", SHARED, VIEW)
    assert table.view("s", ADDRESS + "another", VIEW).description


async def test_a_refused_offer_ends_nobody_and_keeps_nothing(table: StageTable) -> None:
    made = [table.view("s", "a person", VIEW).resource for _ in range(MOST_OF_PERSON)]
    with pytest.raises(Refused, match="unusable"):
        table.view("s", "a person", OFFER)
    with pytest.raises(Refused, match="unusable"):
        table.view("another", "a person", OFFER)
    with pytest.raises(Refused, match="unusable"):
        table.publish(Publication("another", "a person", "Ada", VIEW))
    table.publish(Publication("s", "a person", "Ada", OFFER))
    assert [peer.resource for peer in table.peers if not peer.publishes] == made
    assert list(table.stages) == ["s"]


async def test_stages_with_a_publisher_are_bounded(table: StageTable) -> None:
    for number in range(MOST_PUBLISHED):
        table.publish(Publication(f"s{number}", "a speaker", "Ada", OFFER))
    with pytest.raises(Refused, match="full"):
        table.publish(Publication("one too many", "a speaker", "Ada", OFFER))
    assert table.publish(Publication("s0", "a speaker", "Ada", OFFER)).description, "a reconnection is none more"
    assert len(table.stages) == MOST_PUBLISHED


async def test_a_publisher_who_tries_again_is_on_the_stage_that_viewers_enter(table: StageTable) -> None:
    table.publish(Publication("s", "a speaker", "Ada", OFFER))
    publisher, viewer = PlainPeer(), PlainPeer()
    try:
        # The first attempt has not connected, and there are no viewers yet.
        await publisher.connect(
            table.publish(Publication("s", "a speaker", "Ada", publisher.offer("sendonly"))).description
        )
        await viewer.connect(table.view("s", "a viewer", viewer.offer("recvonly")).description)
        stage = table.stages["s"]
        assert stage.source is not None
        assert len(stage.viewers) == 1
        assert owners(table) == ["a speaker", "a viewer"]
    finally:
        for peer in (publisher, viewer):
            await peer.channel.close()
            peer.close()

"""Second looks: organisers ask, a reviewer sees one draft and recommends, organisers decide."""

import pytest
import sqlalchemy as sa

from rooms.cooperation import messages as m
from rooms.cooperation.peer_reviews import messages as r
from rooms.cooperation.peer_reviews import queries
from rooms.cooperation.peer_reviews.tables import peer_reviews
from rooms.people.erasure import erase, export
from tests.support.cooperation import drafted, published, reviewed, waiting
from tests.support.refusals import refused
from tests.support.world import World

WRITTEN = (r.PeerAdvice.CHANGE, "The yield is missing.")


async def views(world: World, entry: str) -> list[r.PeerReviewView]:
    async with world.engine.database.read() as connection:
        return await queries.views(connection, entry)


async def notices(world: World, who: str) -> list[str]:
    view = await world.engine.view(world.people[who], await world.desk(who))
    return [each.kind for each in view.snapshot.notices]  # type: ignore[attr-defined]


async def test_a_reviewer_recommends_and_the_organiser_decides(world: World) -> None:
    entry, review = await reviewed(world)
    assert await notices(world, "attendee") == ["peer_review.new"]
    async with world.engine.database.read() as connection:
        asked = await queries.mine(connection, world.conference, world.people["attendee"])
    assert [(each.id, each.title) for each in asked] == [(review, "Perovskite solar cells")]
    await world.do("attendee", r.WritePeerReview(review, *WRITTEN), room=world.lobby)
    (view,) = await views(world, entry)
    assert (view.person.name, view.advice, view.text, view.for_author) == ("Attendee", *WRITTEN, False)
    assert await notices(world, "organiser") == ["peer_review.written"]
    async with world.engine.database.read() as connection:
        assert await queries.for_author(connection, entry) == []
    await world.do("attendee", r.WritePeerReview(review, *WRITTEN, for_author=True), room=world.lobby)
    async with world.engine.database.read() as connection:
        (shared,) = await queries.for_author(connection, entry)
    assert (shared.person.name, shared.advice, shared.text) == ("", *WRITTEN)
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    with refused("not_found", "review"):
        await world.do("attendee", r.WritePeerReview(review, *WRITTEN), room=world.lobby)


async def test_who_can_be_asked(world: World) -> None:
    for entry in (await drafted(world), await published(world)):
        with refused("conflict", "entry"):
            await world.do("organiser", r.AskPeer(entry, world.people["attendee"]), room=world.lobby)
    entry, _ = await reviewed(world)
    with refused("conflict", "person"):
        await world.do("organiser", r.AskPeer(entry, world.people["attendee"]), room=world.lobby)
    for who in ("owner", "staff", "banned", "unverified", "guest"):
        with refused("invalid", "person"):
            await world.do("organiser", r.AskPeer(entry, world.people[who]), room=world.lobby)


@pytest.mark.parametrize("change", [m.WithdrawEntry, lambda entry: m.DraftEntry("Other", entry=entry, values={})])
async def test_a_draft_that_no_longer_waits_is_no_longer_seen(world: World, change: object) -> None:
    entry, review = await reviewed(world)
    await world.do("staff", change(entry), room=world.lobby)  # type: ignore[operator]
    with refused("not_found", "review"):
        await world.do("attendee", r.WritePeerReview(review, *WRITTEN), room=world.lobby)


async def test_only_the_reviewer_writes_and_only_organisers_take_back(world: World) -> None:
    entry, review = await reviewed(world)
    for who in ("speaker", "staff", "organiser"):
        with refused("not_found", "review"):
            await world.do(who, r.WritePeerReview(review, *WRITTEN), room=world.lobby)
    await world.do("organiser", r.CancelPeerReview(review), room=world.lobby)
    assert await views(world, entry) == []
    with refused("not_found", "review"):
        await world.do("attendee", r.WritePeerReview(review, *WRITTEN), room=world.lobby)


# S57


async def test_an_erased_reviewer_leaves_no_trace(world: World) -> None:
    _, review = await reviewed(world)
    await world.do("attendee", r.WritePeerReview(review, *WRITTEN), room=world.lobby)
    other, _ = await reviewed(world, await waiting(world), who="speaker")
    async with world.engine.database.read() as connection:
        assert [each["text"] for each in (await export(connection, world.people["attendee"]))["peer_reviews"]] == [
            "The yield is missing."
        ]
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert list((await connection.execute(sa.select(peer_reviews.c.entry))).scalars()) == [other]

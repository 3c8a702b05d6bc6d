"""Voting: one vote each, the published counts, and the union of votes of merged questions."""

from rooms.forum.questions.messages import UnvoteQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ArchiveQuestion, DismissQuestion
from tests.support.clients import audience, enter
from tests.support.questions import approved, merge, votes_of
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World


async def test_one_vote_per_person_however_often_it_is_given(world: World) -> None:
    question = await approved(world)
    everyone = await enter(world, None)
    for _ in range(3):
        await world.do("other", VoteQuestion(question))
    assert await votes_of(world, question) == 2
    await settled(world.engine)
    assert everyone.catch_up().state["latest"]["votes"] == {question: 2}
    for _ in range(2):
        await world.do("other", UnvoteQuestion(question))
    assert await votes_of(world, question) == 1


async def test_everyone_sees_the_count_of_votes_and_the_voter_their_own(world: World) -> None:
    question = await approved(world)
    spectators = await audience(world)
    outcome = await world.do("other", VoteQuestion(question))
    assert outcome.seq is None, "votes are latest values, not events"
    await spectators.verify()
    assert spectators.of("other").state["own"]["votes"] == [question]
    for who in (None, "speaker", "moderator"):
        client = spectators.of(who)
        assert client.state["latest"]["votes"] == {question: 2}
        assert client.state["own"]["votes"] == []
        assert all("own_votes" not in message.get("latest", {}) for message in client.sink.messages)


async def test_only_public_questions_take_votes(world: World) -> None:
    pending, dismissed, archived = await world.ask(), await world.ask(), await approved(world)
    await world.do("moderator", DismissQuestion(dismissed, 1))
    await world.do("moderator", ArchiveQuestion(archived, 2))
    for question in (pending, dismissed, archived, "x" * 20):
        with refused("not_found", "question"):
            await world.do("other", VoteQuestion(question))
        with refused("not_found", "question"):
            await world.do("other", UnvoteQuestion(question))


async def test_voters_of_merged_questions_are_united_never_added_up(world: World) -> None:
    first, second, third = [
        await approved(world, f"Why {n}?", who) for n, who in enumerate(("attendee", "other", "speaker"))
    ]
    for question in (first, second, third):
        await world.do("guest", VoteQuestion(question))
    await world.do("other", VoteQuestion(first))
    spectators = await audience(world)
    await merge(world, third, second)
    await merge(world, second, first)
    await spectators.verify()
    # attendee, other, speaker and guest, each once
    assert await votes_of(world, first) == 4
    assert spectators.of(None).state["snapshot"]["questions"][0]["merged"] == 2
    # A vote for a duplicate is one for what it ended up in, and is taken back there.
    await world.do("interpreter", VoteQuestion(third))
    assert await votes_of(world, first) == 5
    await world.do("interpreter", UnvoteQuestion(second))
    await world.do("guest", UnvoteQuestion(first))
    await spectators.verify()
    assert await votes_of(world, first) == 3


async def test_a_vote_from_another_room_of_the_conference_is_refused(world: World) -> None:
    question = await approved(world)
    with refused("not_found"):
        await world.do("other", VoteQuestion(question), room=world.lobby)

"""Merging: the events, the counts of chained merges, and that undoing restores everything."""

from rooms.forum.questions import moderation_messages as m
from rooms.forum.questions.messages import QuestionState, VoteQuestion
from tests.support.clients import audience, enter
from tests.support.questions import asked, do, state_of
from tests.support.refusals import refused
from tests.support.waiting import settled
from tests.support.world import World

State = QuestionState


async def test_the_askers_of_merged_questions_learn_into_which(world: World) -> None:
    target, duplicate = await asked(world, "Why?", approved=True), await asked(world, "Why so?", "other")
    spectators = await audience(world)
    await do(world, m.MergeQuestion, duplicate, into=target)
    await spectators.verify()
    own = spectators.of("other").state["own"]
    assert (own["questions"][0]["state"], own["questions"][0]["into_text"]) == ("merged", "Why?")
    assert own["votes"] == [target]
    await do(world, m.EditQuestion, target, text="Why, then?")
    await spectators.verify()
    assert spectators.of("other").state["own"]["questions"][0]["into_text"] == "Why, then?"


async def test_the_asker_of_a_duplicate_does_not_see_the_text_of_a_pending_question(world: World) -> None:
    target, duplicate = await asked(world, "Why?"), await asked(world, "Why so?", "other")
    client = await enter(world, "other")
    await do(world, m.MergeQuestion, duplicate, into=target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] is None
    await do(world, m.ApproveQuestion, target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] == "Why?"
    await do(world, m.ArchiveQuestion, target)
    await settled(world.engine)
    assert client.catch_up().state["own"]["questions"][0]["into_text"] is None
    await client.verify()


async def test_a_question_is_not_merged_into_itself_nor_into_one_of_another_room(world: World) -> None:
    question = await asked(world)
    with refused("conflict", "into"):
        await do(world, m.MergeQuestion, question, into=question)
    with refused("not_found"):
        await do(world, m.MergeQuestion, question, into="x" * 20)


async def test_a_chain_of_merges_is_counted_to_its_root_and_undone_link_by_link(world: World) -> None:
    a, b, c = [
        await asked(world, f"Why {n}?", who, approved=True) for n, who in enumerate(("attendee", "other", "speaker"))
    ]
    await do(world, m.MergeQuestion, a, into=b)
    await do(world, m.MergeQuestion, b, into=c)
    spectators = await audience(world)
    rooted = spectators.of(None).state["snapshot"]["questions"][0]
    assert (rooted["id"], rooted["merged"], spectators.of(None).state["latest"]["votes"][c]) == (c, 2, 3)
    await do(world, m.UnmergeQuestion, a)
    await spectators.verify()
    by_id = {each["id"]: each["merged"] for each in spectators.of(None).state["snapshot"]["questions"]}
    assert by_id == {a: 0, c: 1}
    assert spectators.of("attendee").state["own"]["votes"] == [a]
    assert spectators.of("other").state["own"]["votes"] == [c]


async def test_undoing_a_merge_gives_back_votes_state_and_place(world: World) -> None:
    target, duplicate = await asked(world, approved=True), await asked(world, "Why so?", "other", approved=True)
    for who in ("speaker", "guest"):
        await world.do(who, VoteQuestion(duplicate))
    await world.do("guest", VoteQuestion(target))
    before = [(await world.question(each)).votes for each in (target, duplicate)]
    await do(world, m.MergeQuestion, duplicate, into=target)
    assert (await world.question(target)).votes == 4
    await do(world, m.UnmergeQuestion, duplicate)
    assert [(await world.question(each)).votes for each in (target, duplicate)] == before == [2, 3]
    assert await state_of(world, duplicate) is State.APPROVED

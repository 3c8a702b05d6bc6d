"""S27, S22: the asker of an anonymous question is only revealed to the moderator who unmasks it, and that is recorded."""

import logging

import msgspec
import pytest

from rooms.conduct.messages import ReportQuestion
from rooms.core.store import audit
from rooms.forum.questions.messages import AskQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, MergeQuestion, UnmaskQuestion, UnmergeQuestion
from rooms.people.erasure import export
from rooms.people.messages import ReportReason
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

PAGES = ("", "/moderate", "/speak", "/screen")
WATCHERS = ("other", "speaker", "interpreter", "moderator", "colleague", "organiser", "admin", None)


@pytest.fixture
async def asked(world: World) -> str:
    """An approved anonymous question by Zebedee Quux, after a named one that was not approved."""
    from rooms.core.store.tables import persons

    asker = world.people["attendee"]
    async with world.engine.database.write() as connection:
        await connection.execute(
            persons.update().where(persons.c.id == asker).values(name="Zebedee Quux", listed=False)
        )
    question = await world.ask("What about the money?", "attendee", anonymous=True)
    await world.do("moderator", ApproveQuestion(question, version=1))
    return question


def reveals(text: str, world: World) -> bool:
    return world.people["attendee"] in text or "quux" in text.lower() or "attendee@example.org" in text


@pytest.mark.parametrize("who", WATCHERS)
async def test_no_page_tells_it(site: Site, world: World, asked: str, who: str | None) -> None:
    visitor = Visitor(site)
    if who is not None:
        await visitor.sign_in(world.people[who])
    seen = 0
    for page in PAGES:
        answer = await visitor.get(f"/c/forum/sessions/{world.session}{page}")
        seen += "What about the money?" in visitor.page
        assert not reveals(answer.text, world), page
    assert seen


@pytest.mark.parametrize("who", WATCHERS)
async def test_no_snapshot_and_no_event_tells_it(world: World, asked: str, who: str | None) -> None:
    _, sink = await world.join(who)
    await world.ask("And again?", "attendee", anonymous=True)
    await world.do("attendee", AskQuestion("Once more?", True))
    heard = msgspec.json.encode(sink.messages).decode()
    assert "What about the money?" in heard
    assert not reveals(heard, world)


async def test_the_premise_a_named_question_shows_its_asker(world: World, asked: str) -> None:
    question = await world.ask("Under my name", "attendee")
    await world.do("moderator", ApproveQuestion(question, version=1))
    _, sink = await world.join("other")
    assert reveals(msgspec.json.encode(sink.messages).decode(), world)


@pytest.mark.parametrize("format", ["json", "csv"])
async def test_no_export_tells_it(site: Site, world: World, asked: str, format: str) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    answer = await organiser.get(f"/c/forum/organise/questions/{world.session}.{format}")
    assert "What about the money?" in answer.text
    assert not reveals(answer.text, world)


async def test_no_log_tells_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="plenary")
    await world.ask("What about the money?", "attendee", anonymous=True)
    assert not reveals(caplog.text, world)


async def test_the_order_of_questions_reveals_nothing(world: World) -> None:
    for number in range(2):
        await world.ask(f"Named {number}", "attendee")
        await world.ask(f"Hidden {number}", "attendee", anonymous=True)
    view = await world.engine.view(world.people["moderator"], world.room)
    ids = [question.id for question in view.snapshot.moderation.questions]  # type: ignore[attr-defined]
    assert len(ids) == 4
    assert len({id[:3] for id in ids}) > 2


async def test_the_asker_sees_that_the_question_is_theirs(world: World, asked: str) -> None:
    view = await world.engine.view(world.people["attendee"], world.room)
    assert [question.id for question in view.own.questions] == [asked]  # type: ignore[attr-defined]


async def test_unmasking_tells_one_and_is_noted(world: World, asked: str) -> None:
    _, others = await world.join("colleague")
    outcome = await world.do("moderator", UnmaskQuestion(asked))
    assert reveals(outcome.reply.decode(), world)
    assert not reveals(msgspec.json.encode(others.messages).decode(), world)
    async with world.engine.database.read() as connection:
        entry = (await audit.read(connection, world.conference))[0]
        assert await audit.verify(connection, world.conference) == []
    assert (entry.act, entry.actor, entry.subject) == ("question.unmask", world.people["moderator"], asked)


@pytest.mark.parametrize("order", ["into the named one", "into the anonymous one"])
async def test_no_merge_tells_it_by_the_number_of_votes(each_world: World, order: str) -> None:
    """O1: merged with a named question of one vote, the sum must not depend on who asked anonymously."""
    world, sums = each_world, dict[str, list[int]]()
    for asker in ("attendee", "other"):
        named = await world.ask("What about the money?", "attendee")
        hidden = await world.ask("And the money?", asker, anonymous=True)
        source, target = (hidden, named) if order == "into the named one" else (named, hidden)
        for question in (named, hidden):
            await world.do("moderator", ApproveQuestion(question, version=1))
        await world.do("speaker", VoteQuestion(named))
        sums[asker] = [(await world.question(each)).votes for each in (source, target)]
        version = (await world.question(source)).version
        await world.do("moderator", MergeQuestion(source, version, target))
        sums[asker].append((await world.question(target)).votes)
        await world.do("interpreter", VoteQuestion(target))
        sums[asker].append((await world.question(target)).votes)
        await world.do("moderator", UnmergeQuestion(source, (await world.question(source)).version))
        sums[asker] += [(await world.question(each)).votes for each in (source, target)]
    assert sums["attendee"] == sums["other"]


async def test_anonymous_duplicates_of_one_person_add_no_more_than_one_vote(world: World) -> None:
    target = await world.ask("What about the money?", "other")
    await world.do("moderator", ApproveQuestion(target, version=1))
    for _ in range(3):
        duplicate = await world.ask("And the money?", "attendee", anonymous=True)
        await world.do("moderator", MergeQuestion(duplicate, 1, target))
    assert (await world.question(target)).votes == 2


async def test_reporting_a_question_does_not_reveal_its_asker(world: World) -> None:
    question = await world.ask("And the money?", "attendee", anonymous=True)
    await world.do("moderator", ApproveQuestion(question, version=1))
    await world.do("other", ReportQuestion(question, ReportReason.SPAM))
    async with world.engine.database.read() as connection:
        exported = await export(connection, world.people["other"])
    assert [each["question"] for each in exported["reports"]] == [question]
    assert world.people["attendee"] not in str(exported["reports"])

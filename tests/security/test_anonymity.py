"""S27, S22: who asked an anonymous question is told to nobody but the one who unmasks, and that is noted."""

import logging

import msgspec
import pytest

from rooms.core.store import audit
from rooms.forum.questions.messages import AskQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion, UnmaskQuestion
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

PAGES = ("", "/moderate", "/speak", "/screen")
WATCHERS = ("other", "speaker", "interpreter", "moderator", "colleague", "organiser", "admin", None)


@pytest.fixture
async def asked(world: World) -> str:
    """An anonymous question of one Zebedee Quux, approved, after one under his name was not."""
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


async def test_under_a_name_it_would_be_told(world: World, asked: str) -> None:
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


async def test_questions_stand_in_an_order_that_tells_nothing(world: World) -> None:
    for number in range(2):
        await world.ask(f"Named {number}", "attendee")
        await world.ask(f"Hidden {number}", "attendee", anonymous=True)
    view = await world.engine.view(world.people["moderator"], world.room)
    ids = [question.id for question in view.snapshot.moderation.questions]  # type: ignore[attr-defined]
    assert len(ids) == 4
    assert len({id[:3] for id in ids}) > 2


async def test_the_asker_himself_sees_that_it_is_his(world: World, asked: str) -> None:
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

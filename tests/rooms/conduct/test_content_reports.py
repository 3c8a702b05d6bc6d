"""Reports of chat messages and questions: what was said is kept for the organisers, and an anonymous asker stays hidden."""

import msgspec
import sqlalchemy as sa

from rooms.chat.messages import PostMessage, RemoveMessage
from rooms.conduct.messages import ReportMessage, ReportQuestion
from rooms.conduct.reports import listed
from rooms.core.store import audit
from rooms.forum.questions.moderation_messages import ApproveQuestion, DismissQuestion
from rooms.people import erasure
from rooms.people.messages import ReportReason
from rooms.people.tables import reports
from tests.support.refusals import refused
from tests.support.world import World


async def post(world: World, text: str, room: str) -> str:
    return msgspec.json.decode((await world.do("other", PostMessage(text), room=room)).reply)["message"]


async def shown(world: World) -> list[tuple[str | None, str, bool]]:
    async with world.engine.database.read() as connection:
        return [(each.quote, each.person.name, each.shown) for each in await listed(connection, world.conference)]


async def acts(world: World) -> list[tuple[str, str]]:
    async with world.engine.database.read() as connection:
        entries = await audit.read(connection, world.conference, before=None, limit=9)
    return [(each.act, each.subject) for each in entries if each.act.endswith((".report", ".done"))]


async def test_a_reported_message_is_quoted_even_when_it_is_removed(world: World) -> None:
    for room in (world.room, world.lobby):
        world.clock.advance(milliseconds=1)
        message = await post(world, "Buy cheap watches", room)
        report = ReportMessage(message, ReportReason.SPAM, "Again")
        await world.do("attendee", report, room=room)
        assert (await shown(world))[0] == ("Buy cheap watches", "Other", True)
        with refused("conflict"):
            await world.do("attendee", report, room=room)
        with refused("invalid"):
            await world.do("other", report, room=room)
        await world.do("moderator" if room == world.room else "organiser", RemoveMessage(message), room=room)
        assert (await shown(world))[0] == ("Buy cheap watches", "Other", False)
        with refused("not_found"):
            await world.do("speaker", report, room=room)
    assert await acts(world) == [("chat.report", world.people["other"])] * 2


async def test_a_message_of_another_room_is_absent(world: World) -> None:
    message = await post(world, "Hello", world.lobby)
    with refused("not_found"):
        await world.do("attendee", ReportMessage(message, ReportReason.SPAM))


async def test_a_reported_question_names_no_anonymous_asker(world: World) -> None:
    question = await world.ask("Who paid you?", "other", anonymous=True)
    report = ReportQuestion(question, ReportReason.HARASSMENT)
    with refused("not_found"):  # it is not public yet
        await world.do("attendee", report)
    await world.do("moderator", ApproveQuestion(question, (await world.question(question)).version))
    await world.do("attendee", report)
    async with world.engine.database.read() as connection:
        (found,) = await listed(connection, world.conference)
    assert (found.quote, found.anonymous, found.shown) == ("Who paid you?", True, True)
    assert await acts(world) == [("question.report", question)]
    await world.do("moderator", DismissQuestion(question, found.version))
    assert (await shown(world))[0][2] is False


async def test_an_erasure_clears_the_quote_and_the_comment(world: World) -> None:
    message = await post(world, "My secret", world.room)
    await world.do("attendee", ReportMessage(message, ReportReason.OTHER, "My comment"))
    async with world.engine.database.read() as connection:
        exported = await erasure.export(connection, world.people["attendee"])
    assert [(each["message"], each["text"]) for each in exported["reports"]] == [(message, "My comment")]
    assert "My secret" not in str(exported)
    for who, left in (("other", (None, "My comment")), ("attendee", (None, ""))):
        await erasure.erase(world.engine, world.people[who])
        async with world.engine.database.read() as connection:
            row = (await connection.execute(sa.select(reports.c.quote, reports.c.text))).one()
        assert tuple(row) == left

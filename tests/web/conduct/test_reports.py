"""The organisers' page of reports, and call settings of a conference and of each person; without JavaScript."""

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from rooms.chat.messages import PostMessage, RemoveMessage
from rooms.core.store import audit
from rooms.core.store.tables import conferences, persons
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people.messages import ReportPerson, ReportReason
from rooms.people.tables import reports
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

PAGE = "/c/forum/organise/reports"


@pytest.fixture
async def organiser(site: Site, world: World) -> Visitor:
    return await Visitor(site).sign_in(world.people["organiser"])


async def test_a_report_waits_until_an_organiser_has_seen_to_it(site: Site, organiser: Visitor, world: World) -> None:
    await organiser.get(PAGE)
    assert "All clear." in organiser.page
    report = ReportPerson(world.people["other"], ReportReason.HARASSMENT, "They <b>shouted</b>\nat me")
    await world.do("attendee", report)
    await organiser.get("/c/forum")
    assert "1 open report" in organiser.page, "on every page of the conference"
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get("/c/forum")
    assert "plenary-reports" not in attendee.page
    await organiser.get(PAGE)
    assert "They <b>shouted</b>\nat me" in organiser.page
    assert "<b>shouted</b>" not in (await organiser.get(PAGE)).text
    for words in ("Harassment", "Reported by Attendee", "in a session", "Other"):
        assert words in organiser.page
    async with world.engine.database.read() as connection:
        id = (await connection.execute(sa.select(reports.c.id))).scalar_one()
    await organiser.post(PAGE, {"report": id})
    assert "The report is marked as resolved." in organiser.page
    assert "Organiser resolved it" in organiser.page
    assert "open report" not in organiser.page
    assert "All clear." in organiser.page
    await organiser.post(PAGE, {"report": id})  # a second time changes nothing
    async with world.engine.database.read() as connection:
        noted = [entry.act for entry in await audit.read(connection, world.conference, before=None, limit=9)]
    assert noted.count("report.done") == 1
    assert noted.count("person.report") == 1
    await organiser.get("/c/forum/organise/audit")
    assert "reported" in organiser.page
    assert "resolved a report about" in organiser.page
    assert "shouted" not in organiser.page


async def test_a_report_of_another_conference_is_absent(site: Site, world: World, organiser: Visitor) -> None:
    await world.do("attendee", ReportPerson(world.people["other"], ReportReason.SPAM))
    async with world.engine.database.read() as connection:
        id = (await connection.execute(sa.select(reports.c.id))).scalar_one()
    stranger = await Visitor(site).sign_in(world.people["stranger"])
    assert (await stranger.get("/c/elsewhere/organise/reports")).status_code == 200
    assert "Reported by" not in stranger.page
    assert (await stranger.post("/c/elsewhere/organise/reports", {"report": id})).status_code == 404
    await organiser.get(PAGE)
    assert "Reported by" in organiser.page


async def test_people_report_and_block_by_plain_forms(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    form = {"room": world.room, "key": "k" * 8, "person": world.people["other"], "next": "/c/forum"}
    answer = await visitor.post("/do/person.report", {**form, "reason": "spam", "text": ""})
    assert answer.status_code == 200
    answer = await visitor.post("/do/person.block", {**form, "room": "desk", "key": "b" * 8})
    assert answer.status_code == 200
    async with world.engine.database.read() as connection:
        assert len((await connection.execute(sa.select(reports))).all()) == 1


async def rules(world: World) -> tuple[Any, ...]:
    c = conferences.c
    async with world.engine.database.read() as connection:
        select = sa.select(c.call_limit, c.relay_only, c.talk_minutes).where(c.id == world.conference)
        return tuple((await connection.execute(select)).one())


async def test_an_organiser_sets_how_calls_go(organiser: Visitor, world: World) -> None:
    await organiser.get("/c/forum/organise/settings")
    assert 'name="call_limit" type="number" value="4"' in organiser.page
    form = {"title": "The Forum", "zone": "Asia/Shanghai", "access": "public", "guests": "on"}
    form |= {"starts_on": "2026-11-20", "ends_on": "2026-11-22"}
    await organiser.post(
        "/c/forum/organise/settings", {**form, "call_limit": "6", "relay_only": "on", "talk_minutes": "15"}
    )
    assert await rules(world) == (6, True, 15)
    for bad in ({"call_limit": "9"}, {"call_limit": "1"}, {"talk_minutes": "0"}, {"talk_minutes": "ten"}):
        answer = await organiser.post(
            "/c/forum/organise/settings", {**form, "call_limit": "4", "talk_minutes": "5", **bad}
        )
        assert answer.status_code == 422
        assert f'value="{next(iter(bad.values()))}"' in organiser.page
    assert await rules(world) == (6, True, 15)
    await organiser.post("/c/forum/organise/settings", form)
    assert await rules(world) == (6, False, 15), "what a form does not hold stays; a switch that is off is not sent"


async def test_a_participant_hides_their_address(site: Site, world: World) -> None:
    visitor = await Visitor(site).sign_in(world.people["attendee"])
    await visitor.get("/account")
    await visitor.post("/account", {"name": "Attendee", "relay_only": "on"})
    chosen = sa.select(persons.c.relay_only).where(persons.c.id == world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(chosen)).scalar_one() is True
    assert 'name="relay_only" value="on" checked' in visitor.page
    await visitor.post("/account", {"name": "Attendee"})
    async with world.engine.database.read() as connection:
        assert (await connection.execute(chosen)).scalar_one() is False


async def written(world: World, room: str) -> str:
    return msgspec.json.decode((await world.do("other", PostMessage("Buy cheap watches"), room=room)).reply)["message"]


@pytest.mark.parametrize("place", ["session", "lobby", "booth"])
async def test_a_message_is_reported_without_javascript(site: Site, world: World, place: str) -> None:
    room = {"session": world.room, "lobby": world.lobby, "booth": world.stand}[place]
    message = await written(world, room)
    pages = {
        "session": f"/c/forum/sessions/{world.session}",
        "lobby": "/c/forum",
        "booth": f"/c/forum/exhibition/{world.booth}",
    }
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    await attendee.get(pages[place])
    address = f"/rooms/{room}/report?message={message}"
    assert f'href="{address}"' in attendee.page
    await attendee.get(address)
    assert "Buy cheap watches" in attendee.page
    answer = await attendee.post(address, {"reason": "spam", "text": "Again", "key": "a" * 8})
    assert answer.url.path == pages[place]
    assert "The organisers have been notified" in attendee.page
    async with world.engine.database.read() as connection:
        row = (await connection.execute(sa.select(reports.c.quote, reports.c.reason, reports.c.text))).one()
    assert tuple(row) == ("Buy cheap watches", "spam", "Again")
    refused = await attendee.post(address, {"reason": "spam", "text": "Yet again", "key": "b" * 8})
    assert refused.status_code == 409
    assert "You have reported this already." in attendee.page
    assert "Yet again" in attendee.page, "what was written is kept"


async def test_a_question_is_reported_without_javascript(site: Site, world: World) -> None:
    question = await world.ask("Why is it so?", "other")
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    address = f"/rooms/{world.room}/report?question={question}"
    assert (await attendee.get(address)).status_code == 404, "it is not public yet"
    await world.do("moderator", ApproveQuestion(question, version=1))
    await attendee.get(f"/c/forum/sessions/{world.session}")
    assert f'href="{address}"' in attendee.page
    await attendee.post(address, {"reason": "other", "text": "", "key": "a" * 8})
    assert "The organisers have been notified" in attendee.page


async def test_nothing_is_quoted_to_those_who_may_not_read_it(site: Site, world: World) -> None:
    message = await written(world, world.lobby)
    stranger = Visitor(site)
    address = f"/rooms/{world.lobby}/report?message={message}"
    assert (await stranger.get(address)).status_code == 401
    assert (await stranger.get("/c/forum")).status_code == 200
    assert "/report?" not in stranger.page
    author = await Visitor(site).sign_in(world.people["other"])
    await author.get("/c/forum")
    assert "/report?" not in author.page, "one does not report oneself"
    attendee = await Visitor(site).sign_in(world.people["attendee"])
    assert (await attendee.get(f"/rooms/{world.room}/report?message={message}")).status_code == 404, "of another room"
    desk = await world.desk("attendee")
    assert (await attendee.get(f"/rooms/{desk}/report?message={message}")).status_code in {403, 404}
    await world.do("other", RemoveMessage(message), room=world.lobby)
    assert (await attendee.get(address)).status_code == 404, "it was removed"
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(access="members"))
    answer = await attendee.get(address)
    assert answer.status_code == 404
    assert "Buy cheap" not in attendee.page

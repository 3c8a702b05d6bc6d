"""What one does in a call: make it longer, bring in a colleague, say how it went; and what one does about the other's conduct."""

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from rooms.core.store.tables import audit, conferences
from rooms.exhibition.booths.staff_messages import SetDuty
from rooms.meetings.call_expiry import expire_lost
from rooms.meetings.messages import BringColleague, CallOutcome, ExtendCall, RateCall, WaitForCall
from rooms.meetings.tables import invited
from rooms.people.erasure import erase, export
from rooms.people.messages import BlockPerson, ReportPerson, ReportReason, UnblockPerson
from rooms.people.tables import blocks, reports
from tests.rooms.meetings.conftest import Meeting
from tests.support.refusals import refused
from tests.support.waiting import settled, until
from tests.support.world import World


async def own(world: World, who: str, room: str) -> dict[str, Any]:
    view = await world.engine.view(world.people[who], room)
    return msgspec.to_builtins(view.own)


async def test_both_may_make_a_call_longer_six_times(meeting: Meeting) -> None:
    world = meeting.world
    await meeting.take("attendee")
    with refused("conflict") as refusal:
        await world.do("attendee", ExtendCall(), room=meeting.room)
    assert "nobody else" in str(refusal.problem)
    await meeting.take("staff")
    ends_at = (await meeting.call()).ends_at
    assert ends_at is not None
    for number in range(6):
        await world.do(("attendee", "staff")[number % 2], ExtendCall(), room=meeting.room)
    call = await meeting.call()
    assert (call.ends_at, call.extensions) == (ends_at + timedelta(minutes=30), 6)
    with refused("conflict"):
        await world.do("attendee", ExtendCall(), room=meeting.room)


async def test_after_the_end_five_minutes_begin_now(meeting: Meeting) -> None:
    world = meeting.world
    await meeting.take("attendee")
    await meeting.take("staff")
    world.clock.advance(hours=1)
    await world.do("staff", ExtendCall(), room=meeting.room)
    assert (await meeting.call()).ends_at == world.clock() + timedelta(minutes=5)


async def test_only_who_is_in_the_call_makes_it_longer(meeting: Meeting) -> None:
    await meeting.take("attendee")
    with refused("conflict"):
        await meeting.world.do("staff", ExtendCall(), room=meeting.room)


async def test_who_comes_too_late_waits_in_a_line(meeting: Meeting) -> None:
    world = meeting.world
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(call_limit=2))
        more = [{"meeting": meeting.id, "person": world.people[who]} for who in ("owner", "other", "speaker")]
        await connection.execute(invited.insert(), more)
    await meeting.take("attendee")
    await meeting.take("staff")
    for who in ("owner", "other"):
        with refused("conflict") as refusal:
            await meeting.take(who)
        assert refusal.problem.present == {"limit": 2}
        await world.do(who, WaitForCall(), room=meeting.room)
        world.clock.advance(seconds=1)
    await world.do("owner", WaitForCall(), room=meeting.room)  # repeating the request keeps the place
    assert [each.name for each in (await meeting.call()).waiting] == ["Owner", "Other"]

    await meeting.give_up("attendee")
    for who in ("other", "speaker"):  # the place is free, but not for them
        with refused("conflict"):
            await meeting.take(who)
    await meeting.take("owner")
    assert [each.name for each in (await meeting.call()).waiting] == ["Other"]
    with refused("conflict"):
        await world.do("owner", WaitForCall(), room=meeting.room)

    await world.do("other", WaitForCall(waiting=False), room=meeting.room)
    assert (await meeting.call()).waiting == []


async def test_who_says_nothing_waits_no_more_and_the_next_comes_in(meeting: Meeting) -> None:
    world = meeting.world
    async with world.engine.database.write() as connection:
        await connection.execute(conferences.update().values(call_limit=2))
        more = [{"meeting": meeting.id, "person": world.people[who]} for who in ("owner", "other")]
        await connection.execute(invited.insert(), more)
    for who in ("attendee", "staff"):
        await meeting.take(who)
    for who in ("owner", "other"):
        await world.do(who, WaitForCall(), room=meeting.room)
        world.clock.advance(seconds=1)
    _, sink = await world.join("other", room=meeting.room)
    await meeting.give_up("staff")
    with refused("conflict"):
        await meeting.take("other")
    world.clock.advance(seconds=30)
    await world.do("other", WaitForCall(), room=meeting.room)
    world.clock.advance(seconds=20)
    await expire_lost(world.engine)
    await until(lambda: [each["name"] for each in sink.latest("call")[""]["waiting"]] == ["Other"])
    await meeting.take("other")
    assert await meeting.names() == ["Attendee", "Other"]


async def test_a_colleague_is_brought_in_without_anybody_being_disturbed(meeting: Meeting) -> None:
    world = meeting.world
    await meeting.take("attendee")
    await meeting.take("staff")
    before = [each.peer for each in (await meeting.call()).peers]
    _, sink = await world.join("attendee", room=meeting.room)
    _, desk = await world.join("owner", room=await world.desk("owner"))
    assert [each["name"] for each in (await own(world, "staff", meeting.room))["colleagues"]] == ["Owner"]
    assert (await own(world, "attendee", meeting.room))["colleagues"] == []
    with refused("not_found"):
        await world.engine.actor(world.people["owner"], meeting.room)
    await world.do("staff", BringColleague(world.people["owner"]), room=meeting.room)
    await settled(world.engine)
    assert [event["person"]["name"] for event in sink.events] == ["Owner"]
    notice = desk.events[-1]
    assert notice["kind"] == "meeting"
    assert notice["values"] == {"booth": "Lumen", "name": "Staff"}
    assert notice["href"] == f"/c/forum/meetings/{meeting.id}"
    await meeting.take("owner")
    assert [each.peer for each in (await meeting.call()).peers][:2] == before
    assert await meeting.names() == ["Attendee", "Staff", "Owner"]


async def test_only_staff_bring_colleagues_and_only_colleagues(meeting: Meeting) -> None:
    world = meeting.world
    for who, person, code in (
        ("attendee", "owner", "forbidden"),
        ("staff", "other", "not_found"),
        ("staff", "staff", "not_found"),
    ):
        with refused(code):
            await world.do(who, BringColleague(world.people[person]), room=meeting.room)
    await world.do("attendee", BlockPerson(world.people["owner"]), room=await world.desk("attendee"))
    with refused("not_found"):
        await world.do("staff", BringColleague(world.people["owner"]), room=meeting.room)
    await world.do("owner", SetDuty(world.people["staff"]), room=world.stand)
    with refused("not_found"):  # the duty has ended, and with it the access to the meeting
        await world.do("staff", BringColleague(world.people["owner"]), room=meeting.room)


async def test_a_participant_rates_a_call_and_may_change_the_rating(meeting: Meeting) -> None:
    world = meeting.world
    _, other = await world.join("staff", room=meeting.room)
    await world.do("attendee", RateCall(CallOutcome.NO_SHOW), room=meeting.room)
    await world.do("attendee", RateCall(CallOutcome.HELD, 4, " Very good. "), room=meeting.room)
    said = {"outcome": "held", "rating": 4, "note": "Very good."}
    assert (await own(world, "attendee", meeting.room))["outcome"] == said
    assert (await own(world, "staff", meeting.room))["outcome"] is None
    await settled(world.engine)
    assert other.types == [], "nobody else receives it"
    async with world.engine.database.read() as connection:
        kept = await export(connection, world.people["attendee"])
    assert [row["note"] for row in kept["calls"]] == ["Very good."]


async def test_a_report_is_for_the_organisers_and_nobody_else(meeting: Meeting) -> None:
    world = meeting.world
    _, reported = await world.join("staff", room=meeting.room)
    report = ReportPerson(world.people["staff"], ReportReason.HARASSMENT, "They shouted")
    await world.do("attendee", report, room=meeting.room)
    await settled(world.engine)
    assert len(reported.messages) == 1
    async with world.engine.database.read() as connection:
        row = (await connection.execute(sa.select(reports))).one()
        acts = (await connection.execute(sa.select(audit.c.act, audit.c.subject, audit.c.details))).all()
    assert (row.person, row.by, row.reason, row.text) == (
        world.people["staff"],
        world.people["attendee"],
        "harassment",
        "They shouted",
    )
    noted = [each for each in acts if each.act == "person.report"]
    assert [each.subject for each in noted] == [world.people["staff"]]
    assert "shouted" not in str(noted)
    with refused("not_found", "person"):
        await world.do("attendee", ReportPerson(world.people["other"], ReportReason.SPAM), room=meeting.room)
    with refused("invalid", "person"):
        await world.do("attendee", ReportPerson(world.people["attendee"], ReportReason.SPAM), room=meeting.room)
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(reports.c.text))).scalars().all() == [""]


async def test_only_the_blocker_sees_a_block_in_every_meeting_of_the_two(meeting: Meeting) -> None:
    world = meeting.world
    _, mine = await world.join("attendee", room=meeting.room)
    _, theirs = await world.join("staff", room=meeting.room)
    desk = await world.desk("attendee")
    for _ in range(2):
        await world.do("attendee", BlockPerson(world.people["staff"]), room=desk)
    await settled(world.engine)
    received = {"type": "block.changed", "person": world.people["staff"], "blocked": True}
    assert [{k: v for k, v in event.items() if k != "seq"} for event in mine.events] == [received]
    assert theirs.types == []
    assert (await own(world, "attendee", meeting.room))["blocked"] == [world.people["staff"]]
    assert (await own(world, "staff", meeting.room))["blocked"] == []
    await world.do("attendee", UnblockPerson(world.people["staff"]), room=meeting.room)
    assert (await own(world, "attendee", meeting.room))["blocked"] == []
    await until(lambda: len(mine.events) == 2)


async def test_an_erased_person_is_blocked_by_nobody(world: World) -> None:
    await world.do("attendee", BlockPerson(world.people["other"]), room=await world.desk("attendee"))
    await world.do("staff", BlockPerson(world.people["attendee"]), room=await world.desk("staff"))
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await connection.execute(sa.select(blocks))).all() == []

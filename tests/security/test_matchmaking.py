"""Attacks on matchmaking: nobody learns of a "no", a wish, or a person who did not choose to be found, through any door."""

import re

import pytest

from rooms.core import personal_data
from rooms.core.personal_data import DataSubject
from rooms.matchmaking import messages as m
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule import messages as s
from rooms.matchmaking.schedule.messages import Objection
from tests.support.bookings import open_times
from tests.support.matchmaking import (
    drafted_schedule,
    joined,
    opened,
    planned_meeting,
    published_schedule,
    shown_schedule,
    started,
    wished,
)
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/matchmaking"


async def pages(site: Site, world: World, who: str, *paths: str) -> list[str]:
    """What somebody sees, without tokens and keys, which are new each time."""
    visitor = await Visitor(site).sign_in(world.people[who])
    found: list[str] = []
    for path in paths:
        await visitor.get(path)
        found.append(re.sub(r'(value|content|nonce)="[^"]*"|[\w-]{20,}', "", visitor.page))
    return found


async def test_a_no_changes_nothing_that_the_other_person_or_an_organiser_sees(site: Site, world: World) -> None:
    await joined(world, "attendee", "other", "speaker")
    await wished(world, "attendee", "speaker")
    profile = f"/c/forum/people/{world.people['other']}"
    seen = ("attendee", HERE, f"{HERE}/wishes", f"{HERE}/wishes?words=other", profile)
    organised = ("organiser", "/c/forum/organise/matchmaking")
    before = await pages(site, world, *seen), await pages(site, world, *organised)
    assert "Other" in before[0][0], "premise"
    await world.do("other", m.SetWish(world.people["attendee"], WishKind.NO), room=world.lobby)
    assert (await pages(site, world, *seen), await pages(site, world, *organised)) == before


async def test_wishes_of_others_are_in_no_export(world: World) -> None:
    await wished(world, "attendee", "other", WishKind.NO)
    await wished(world, "speaker", "other", WishKind.MUST)
    async with world.engine.database.read() as connection:
        subject = DataSubject(world.people["other"], "Other", "other@example.org")
        found = await personal_data.export(connection, subject)
        own = await personal_data.export(connection, subject._replace(id=world.people["attendee"]))
    assert found["wishes"] == []
    assert "wished" not in found
    assert [row["wish"] for row in own["wishes"]] == ["no"]


@pytest.mark.parametrize("reason", list(Objection))
async def test_the_other_side_of_an_objection_learns_only_that_the_meeting_is_out(
    site: Site, world: World, reason: Objection
) -> None:
    run = await shown_schedule(world)
    meeting = await planned_meeting(world, run, "attendee")
    await world.do("other", s.ObjectToMeeting(meeting.id, reason, "zqsecret"), room=world.lobby)
    (page,) = await pages(site, world, "attendee", f"{HERE}/wishes")
    assert "Taken out" in page
    assert "zqsecret" not in page
    (report,) = await pages(site, world, "organiser", "/c/forum/organise/matchmaking")
    assert ("zqsecret" in report) == (reason is not Objection.PERSON)


async def test_drafts_and_the_meetings_of_others_are_hidden(site: Site, world: World) -> None:
    run = await drafted_schedule(world)
    meeting = await planned_meeting(world, run, "attendee")
    for who in ("attendee", "other", "speaker"):
        (page,) = await pages(site, world, who, f"{HERE}/wishes")
        assert "Your provisional schedule" not in page
        with refused("not_found", "meeting"):
            await world.do(who, s.ObjectToMeeting(meeting.id, Objection.TIME), room=world.lobby)
    await world.do("organiser", s.ShowSchedule(run), room=world.lobby)
    await joined(world, "speaker")
    (page,) = await pages(site, world, "speaker", f"{HERE}/wishes")
    assert "Attendee" not in page.split("<main")[1]
    with refused("not_found", "meeting"):
        await world.do("speaker", s.ObjectToMeeting(meeting.id, Objection.TIME), room=world.lobby)


async def test_who_does_not_take_part_is_found_by_no_search_and_no_wish(site: Site, world: World) -> None:
    await joined(world, "attendee")
    await joined(world, "other", found=False)
    (page,) = await pages(site, world, "attendee", f"{HERE}/wishes?words=other")
    assert "0 people who take part" in page
    for who in ("other", "speaker", "guest", "banned", "unverified"):
        with refused("not_found", "person"):
            await world.do("attendee", m.SetWish(world.people[who], WishKind.MEET), room=world.lobby)


async def test_a_guest_cannot_take_part(world: World) -> None:
    await opened(world)
    with refused("forbidden"):
        await world.do("guest", m.SetMatchProfile(True, m.MatchRole.OTHER), room=world.lobby)


async def test_a_schedule_of_another_conference_is_not_found(world: World) -> None:
    run = await started(world)
    for command in (s.CancelSchedule("a" * 20), s.ShowSchedule("b" * 20), s.PublishSchedule("c" * 20)):
        with refused("not_found", "run"):
            await world.do("organiser", command, room=world.lobby)
    for who in ("attendee", "moderator", "owner", "staff"):
        with refused("forbidden"):
            await world.do(who, s.CancelSchedule(run), room=world.lobby)


async def test_nobody_objects_after_the_meetings_are_booked(world: World) -> None:
    await open_times(world)
    await wished(world, "attendee", "other", WishKind.MUST)
    run = await published_schedule(world)
    meeting = await planned_meeting(world, run, "attendee")
    with refused("closed", "meeting"):
        await world.do("other", s.ObjectToMeeting(meeting.id, Objection.TIME), room=world.lobby)

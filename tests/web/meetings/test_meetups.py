"""The pages of meet-ups without JavaScript: proposed, approved, in everyone's programme, joined and cancelled."""

import re
import uuid

from rooms.meetings.meetups import messages as m
from rooms.people import accounts
from tests.support.meetups import approved, cancel, edit, join, proposed
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/meetups"


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def do(visitor: Visitor, world: World, op: str, **fields: str) -> None:
    said = {"room": world.lobby, "key": uuid.uuid4().hex, "next": HERE, **fields}
    await visitor.post(f"/do/{op}", said)


async def test_a_meetup_is_proposed_approved_and_in_everyones_programme(site: Site, world: World) -> None:
    attendee, organiser, other = [await person(site, world, who) for who in ("attendee", "organiser", "other")]
    await attendee.get(f"{HERE}/new")
    said = {"title": "Solar cells in the cold", "text": "Bring questions", "minutes": "45", "capacity": "6"}
    said |= {"place": "", "language": "en"}
    await attendee.post(f"{HERE}/new", {"key": "k1", **said, "starts_at": "tomorrow"})
    assert 'aria-invalid="true"' in attendee.page
    assert 'value="Solar cells in the cold"' in attendee.page, "nothing entered is lost"
    answer = await attendee.post(f"{HERE}/new", {"key": "k2", **said, "starts_at": "2026-11-21T11:00"}, follow=False)
    meetup = answer.headers["location"].rpartition("/")[2]
    await attendee.get(f"{HERE}/{meetup}")
    assert "Waiting for approval" in attendee.page
    assert "11:00" in attendee.page, "in the zone of the conference"
    assert (await other.get(f"{HERE}/{meetup}")).status_code == 404
    for page in (HERE, "/c/forum/programme"):
        await other.get(page)
        assert "Solar cells in the cold" not in other.page

    await organiser.get("/c/forum/organise/meetups")
    assert "Bring questions" in organiser.page
    await do(organiser, world, "meetup.approve", meetup=meetup, comment="See you there")
    for page in (HERE, "/c/forum/programme"):
        await other.get(page)
        assert "Solar cells in the cold" in other.page
        assert "1 of 6 places taken" in other.page
    await do(other, world, "meetup.join", meetup=meetup)
    await other.get(f"{HERE}/{meetup}")
    assert "Go to the meeting room" in other.page
    assert "The call has room for 4 people at once" in other.page
    await do(attendee, world, "meetup.cancel", meetup=meetup, comment="I am ill")
    await other.get(f"{HERE}/{meetup}")
    assert "I am ill" in other.page
    await other.get("/c/forum/programme")
    assert "Solar cells in the cold" not in other.page


async def test_names_are_for_those_who_have_a_place(site: Site, world: World) -> None:
    meetup = await approved(world, capacity=2)
    await join(world, meetup, "speaker", "moderator")
    link = f"/c/forum/people/{world.people['speaker']}"
    wanted = {"speaker": True, "attendee": True, "organiser": True, "moderator": False, "other": False}
    for who, sees in wanted.items():
        visitor = await person(site, world, who)
        await visitor.get(f"{HERE}/{meetup}")
        assert (f'href="{link}" dir' in visitor.page) is sees, who
    anonymous = Visitor(site)
    assert (await anonymous.get(f"{HERE}/{meetup}")).status_code == 200
    assert link not in anonymous.page


async def test_the_comment_for_the_proposer_is_for_them_and_the_organisers(site: Site, world: World) -> None:
    meetup = await approved(world)
    for who, sees in {"attendee": True, "organiser": True, "other": False}.items():
        visitor = await person(site, world, who)
        await visitor.get(f"{HERE}/{meetup}")
        assert ("Good idea" in visitor.page) is sees, who
    await world.do("organiser", m.CancelMeetup(meetup, "The café is closed"), room=world.lobby)
    other = await person(site, world, "other")
    await other.get(f"{HERE}/{meetup}")
    assert "The café is closed" in other.page, "why it was cancelled is for everyone"


async def test_organisers_see_the_zone_of_every_time(site: Site, world: World) -> None:
    await proposed(world)
    organiser = await person(site, world, "organiser")
    await organiser.get("/c/forum/organise/meetups")
    text = re.sub(r"<[^>]+>", "", organiser.page.partition("<main")[2].partition("</main>")[0])
    zones = re.findall(r"\d\d:\d\d(?:–\d\d:\d\d)?( UTC\+8|)", text)
    assert len(zones) == 2, "when it takes place, and when it was proposed"
    assert all(zones), text


async def test_only_the_proposer_edits(site: Site, world: World) -> None:
    meetup = await proposed(world)
    other, attendee = await person(site, world, "other"), await person(site, world, "attendee")
    assert (await other.get(f"{HERE}/{meetup}/edit")).status_code == 404
    await attendee.get(f"{HERE}/{meetup}/edit")
    assert 'value="2026-11-21T11:00"' in attendee.page
    said = {"title": "In the snow", "text": "", "minutes": "60", "capacity": "3", "place": "Café", "language": ""}
    await attendee.post(f"{HERE}/{meetup}/edit", {"key": "k1", **said, "starts_at": "2026-11-21T12:00"})
    assert "In the snow" in attendee.page
    assert "Café" in attendee.page


async def test_what_one_has_joined_is_in_the_personal_calendar(site: Site, world: World) -> None:
    meetup = await approved(world, capacity=2)
    await join(world, meetup, "speaker", "other")

    async def calendar(who: str) -> str:
        async with world.engine.database.read() as connection:
            key = (await accounts.get(connection, world.people[who])).calendar_key
        return (await Visitor(site).get(f"/c/forum/my.ics?key={key}")).text.replace("\r\n ", "")

    for who in ("attendee", "speaker"):
        text = await calendar(who)
        assert "SUMMARY:Meet-up: Solar cells in the cold" in text
        assert f"/c/forum/meetups/{meetup}" in text
    assert "Solar" not in await calendar("other"), "those on the waiting list have no place"
    await edit(world, meetup, title="In the snow")
    assert "SUMMARY:Meet-up: In the snow" in await calendar("speaker")
    await cancel(world, meetup)
    assert "STATUS:CANCELLED" in await calendar("speaker")

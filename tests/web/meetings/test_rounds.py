"""The pages of rounds of short talks: set up, entered, and whom one met."""

import uuid

from tests.support.rounds import enter, pass_time, set_up
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/rounds"


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def test_an_organiser_sets_up_rounds(site: Site, world: World) -> None:
    organiser = await person(site, world, "organiser")
    await organiser.get("/c/forum/organise/rounds")
    said = {"title": "Meet somebody new", "talk_minutes": "5", "pause_seconds": "60", "talks": "4"}
    said |= {"audience": "everyone", "prefers": "countries"}
    await organiser.post("/c/forum/organise/rounds", {"key": "k1", **said, "starts_at": "soon"})
    assert 'aria-invalid="true"' in organiser.page
    assert 'value="Meet somebody new"' in organiser.page, "nothing entered is lost"
    given = {"key": "k2", **said, "starts_at": "2026-11-21T11:00"}
    answer = await organiser.post("/c/forum/organise/rounds", given, follow=False)
    page = answer.headers["location"]
    attendee = await person(site, world, "attendee")
    for path in (HERE, page):
        await attendee.get(path)
        assert "Meet somebody new" in attendee.page
        assert "4 talks" in attendee.page
    await attendee.get("/c/forum/programme")
    assert f'href="{HERE}"' in attendee.page
    edit = page.replace("/c/forum/rounds", "/c/forum/organise/rounds")
    await organiser.get(edit)
    assert 'value="2026-11-21T11:00"' in organiser.page
    await organiser.post(edit, {"key": "k3", **said, "title": "In pairs", "starts_at": "2026-11-21T12:00"})
    assert "In pairs" in organiser.page
    assert (await attendee.get(edit)).status_code == 403


async def test_one_enters_talks_and_sees_whom_one_met(site: Site, world: World) -> None:
    round = await set_up(world, talks=1)
    page = f"{HERE}/{round}"
    attendee, other = await person(site, world, "attendee"), await person(site, world, "other")
    await attendee.get(page)
    said = {"room": world.lobby, "key": uuid.uuid4().hex, "next": page, "round": round}
    await attendee.post("/do/round.enter", said)
    assert f'<plenary-round round="{round}"' in attendee.page
    await enter(world, round, "speaker")
    await pass_time(world, round, 60)
    await attendee.get(page)
    assert "Go to your talk" in attendee.page
    meeting = attendee.page.partition('href="/c/forum/meetings/')[2].partition('"')[0]
    await attendee.get(f"/c/forum/meetings/{meeting}")
    assert f'<plenary-round round="{round}"' in attendee.page
    assert (await other.get(f"/c/forum/meetings/{meeting}")).status_code == 404
    await pass_time(world, round, 301)
    await attendee.get(page)
    assert "The rounds are over" in attendee.page
    assert f'href="/c/forum/people/{world.people["speaker"]}?from=round#connect"' in attendee.page
    await other.get(page)
    assert "Whom you met" not in other.page

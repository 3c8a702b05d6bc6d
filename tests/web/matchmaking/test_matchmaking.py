"""The pages of matchmaking without JavaScript: from opening it to a wish."""

import re

import pytest

from rooms.matchmaking.schedule import runner, solving
from tests.support.matchmaking import carried_on, joined, started
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/matchmaking"
ORGANISE = "/c/forum/organise/matchmaking"


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


async def test_from_a_profile_to_a_wish(site: Site, world: World) -> None:
    organiser, attendee, other = [await person(site, world, who) for who in ("organiser", "attendee", "other")]
    common = {"room": world.lobby, "next": HERE}
    await attendee.get("/c/forum")
    assert f'href="{HERE}"' not in attendee.page, "not shown before it opens"
    await attendee.get(HERE)
    assert "Matchmaking is not open" in attendee.page
    await organiser.get(ORGANISE)
    await organiser.post("/do/match.settings", {**common, "next": ORGANISE, "key": "k1", "open": "true", "most": "6"})
    await attendee.get("/c/forum")
    assert f'href="{HERE}"' in attendee.page
    profile = {"found": "true", "role": "company", "wanted": "researcher", "sciences": "2.5", "languages": "en"}
    profile |= {"home": "SE", "offers": "Pilot plant\nMembranes", "needs": "", "most": "", "alone": "false"}
    await attendee.get(f"{HERE}/profile")
    await attendee.post("/do/match.profile", {**common, "key": "k1", **profile})
    assert "There are no suggestions at the moment" in attendee.page
    await attendee.get(f"{HERE}/profile")
    assert "Pilot plant\nMembranes</textarea>" in attendee.page
    await other.get(f"{HERE}/profile")
    await other.post(
        "/do/match.profile",
        {**common, "key": "k1", **profile, "role": "researcher", "offers": "", "needs": "a pilot plant"},
    )
    assert "They offer “Pilot plant”. You look for “a pilot plant”." in other.page
    await attendee.get(HERE)
    for reason in (
        "They look for “a pilot plant”. You offer “Pilot plant”.",
        "You both work in this field: Materials engineering.",
        "You look for this role: Researcher.",
        "You both speak English.",
    ):
        assert reason in attendee.page
    wish = {**common, "key": "k2", "person": world.people["other"], "wish": "must"}
    await attendee.post("/do/wish.set", wish)
    assert "There are no suggestions at the moment" in attendee.page
    await attendee.get(f"{HERE}/wishes")
    assert 'value="must" aria-pressed="true"' in attendee.page
    await other.get(f"{HERE}/wishes")
    assert "You have no wishes yet" in other.page, "a wish is its author's alone"
    await other.get(f"{HERE}/wishes?words=atten")
    assert "1 person who takes part" in other.page
    await organiser.get(ORGANISE)
    assert "2 people take part" in organiser.page
    assert "1 wish." in organiser.page


async def test_reasons_are_in_the_language_of_the_reader(site: Site, world: World) -> None:
    await joined(world, "attendee", "other")
    reader = await person(site, world, "attendee", language="zh-CN")
    await reader.get(HERE)
    assert "材料工程" in reader.page
    assert "英语" in reader.page


async def test_a_schedule_on_the_pages(site: Site, world: World) -> None:
    await started(world)
    organiser, attendee = await person(site, world, "organiser"), await person(site, world, "attendee")
    common = {"room": world.lobby, "next": ORGANISE}
    await organiser.get(ORGANISE)
    assert "Waiting to start" in organiser.page
    assert '<plenary-refresh id="schedule-run" running' in organiser.page
    assert "Make a schedule" not in organiser.page
    await solving.solve_waiting(world.engine)
    await organiser.get(ORGANISE)
    assert "Draft: only organisers see it" in organiser.page
    assert "1 of 1" in organiser.page
    await attendee.get(f"{HERE}/wishes")
    assert "Your provisional schedule" not in attendee.page
    run = re.search(r'name="run" value="(\w{20})"', organiser.page)[1]
    await organiser.post("/do/schedule.show", {**common, "key": "k1", "run": run})
    await attendee.get(f"{HERE}/wishes")
    assert "Your provisional schedule" in attendee.page
    meeting = re.search(r'name="meeting" value="(\w{20})"', attendee.page)[1]
    said = {"meeting": meeting, "objection": "time", "text": "I arrive at noon."}
    await attendee.post("/do/schedule.object", {**common, "next": f"{HERE}/wishes", "key": "k1", **said})
    assert "Taken out" in attendee.page
    await organiser.get(ORGANISE)
    assert "I arrive at noon." in organiser.page
    await organiser.post("/do/schedule.publish", {**common, "key": "k2", "run": run})
    await carried_on(world)
    await organiser.get(ORGANISE)
    assert "Published" in organiser.page
    assert "Make a schedule" in organiser.page


async def test_what_is_missing_for_a_schedule_is_said(
    site: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    organiser = await person(site, world, "organiser")
    await organiser.get(ORGANISE)
    assert "Open times for meetings first" in organiser.page
    monkeypatch.setattr(runner, "is_installed", lambda: False)
    await organiser.get(ORGANISE)
    assert "needs OR-Tools" in organiser.page


async def test_a_wish_can_be_given_on_a_profile_page(site: Site, world: World) -> None:
    await joined(world, "attendee", "other")
    reader = await person(site, world, "attendee")
    page = f"/c/forum/people/{world.people['other']}"
    await reader.get(page)
    assert "Meeting in the automatic schedule" in reader.page
    wish = {"room": world.lobby, "next": page, "key": "k1", "person": world.people["other"], "wish": "meet"}
    await reader.post("/do/wish.set", wish)
    assert 'value="meet" aria-pressed="true"' in reader.page
    for who, whose in (("speaker", "other"), ("attendee", "speaker"), ("attendee", "attendee")):
        visitor = await person(site, world, who)
        await visitor.get(f"/c/forum/people/{world.people[whose]}")
        assert "Meeting in the automatic schedule" not in visitor.page

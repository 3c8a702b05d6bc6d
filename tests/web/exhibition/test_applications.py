"""Applying to exhibit, as somebody without JavaScript does it, and as organisers decide it."""

import re

import pytest

from rooms.exhibition.applications import actions as applying
from rooms.exhibition.applications.messages import AcceptApplication, ApplyToExhibit, WithdrawApplication
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.staff_messages import Duty
from rooms.people.erasure import erase, export
from tests.support.refusals import refused
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

APPLY = "/c/forum/exhibition/apply"
ORGANISE = "/c/forum/organise/exhibitors"
GIVEN = {"name": "Aurora AB", "tagline": "Sleep well", "about": "Beds.", "website": "https://aurora.example"}
GIVEN |= {
    "country": "no",
    "field": "Health",
    "languages": "no, en",
    "hall": "Hall 2",
    "tier": "2",
    "remark": "By the door",
}


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


def application(page: str) -> str:
    return re.search(r'id="application-(\w{20})"', page)[1]


async def notices(world: World, who: str) -> list[tuple[str, str]]:
    _, sink = await world.join(who, room=await world.desk(who))
    return [(notice["kind"], notice["href"]) for notice in sink.joined["snapshot"]["notices"]]


async def test_an_applicant_sees_the_steps_to_a_booth(site: Site, world: World) -> None:
    applicant, organiser = await person(site, world, "attendee"), await person(site, world, "organiser")
    await applicant.post(APPLY, {**GIVEN, "key": "k1"})
    assert "Your application has been sent." in applicant.page
    assert 'badge-amber">Sent' in applicant.page
    await organiser.get(ORGANISE)
    assert "Aurora AB" in organiser.page
    assert 'value="Hall 2"' in organiser.page, "the applicant's wishes are filled in"
    fields = {"room": world.lobby, "application": application(organiser.page), "next": ORGANISE}
    await organiser.post("/do/application.review", {**fields, "key": "k2"})
    await applicant.get(APPLY)
    assert "In review" in applicant.page
    world.clock.advance(seconds=1)
    await organiser.post(
        "/do/application.accept", {**fields, "key": "k3", "hall": "Hall 2", "number": "B7", "tier": "3"}
    )
    await applicant.get(APPLY)
    assert "Accepted" in applicant.page
    edit = re.search(r"/c/forum/exhibition/(\w{20})/edit", applicant.page)
    assert await notices(world, "attendee") == [("application.accepted", edit[0]), ("application.review", APPLY)]
    await applicant.get(edit[0])
    assert 'value="Sleep well"' in applicant.page, "the applicant's text is the draft of the booth"
    async with world.engine.database.read() as connection:
        staff = await queries.staff(connection, edit[1])
        row = await queries.booth_row(connection, edit[1])
    assert [(each.person.id, each.duty) for each in staff] == [(world.people["attendee"], Duty.OWNER)]
    assert (row.open, row.number, row.tier, row.hall_name) == (False, "B7", 3, "Hall 2")
    again = await organiser.post("/do/application.decline", {**fields, "key": "k4", "reason": "No room"})
    assert again.status_code == 409


async def test_a_decline_has_its_reason(site: Site, world: World) -> None:
    applicant, organiser = await person(site, world, "attendee"), await person(site, world, "organiser")
    await applicant.post(APPLY, {**GIVEN, "key": "k1"})
    await organiser.get(ORGANISE)
    fields = {"room": world.lobby, "application": application(organiser.page), "next": ORGANISE}
    await organiser.post("/do/application.decline", {**fields, "key": "k2", "reason": "The halls are full"})
    await applicant.get(APPLY)
    assert "The organisers write: The halls are full" in applicant.page
    assert await notices(world, "attendee") == [("application.declined", APPLY)]


async def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(site: Site, world: World) -> None:
    applicant = await person(site, world, "attendee")
    answer = await applicant.post(APPLY, {**GIVEN, "website": "javascript:alert(1)", "key": "k1"})
    assert answer.status_code == 422
    assert "Give the full address of a website" in applicant.page
    assert 'value="Aurora AB"' in applicant.page
    await applicant.get(APPLY)
    assert "badge-amber" not in applicant.page


async def test_people_see_and_withdraw_only_their_own(site: Site, world: World) -> None:
    applicant, other = await person(site, world, "attendee"), await person(site, world, "other")
    await applicant.post(APPLY, {**GIVEN, "key": "k1"})
    id = application(applicant.page)
    await other.get(APPLY)
    assert "Aurora AB" not in other.page
    with refused("not_found", "application"):
        await world.do("other", WithdrawApplication(id), room=world.lobby)
    await world.do("attendee", WithdrawApplication(id), room=world.lobby)
    with refused("stale"):
        await world.do("organiser", AcceptApplication(id, "Hall 1"), room=world.lobby)


async def test_guests_and_too_many_applications_are_refused(world: World) -> None:
    with refused("forbidden"):
        await world.do("guest", ApplyToExhibit("Aurora"), room=world.lobby)
    for number in range(3):
        await world.do("attendee", ApplyToExhibit(f"Aurora {number}"), room=world.lobby)
    with refused("conflict"):
        await world.do("attendee", ApplyToExhibit("Aurora 4"), room=world.lobby)


async def test_an_erased_applicant_leaves_nothing(world: World) -> None:
    await world.do("attendee", ApplyToExhibit("Aurora", remark="By the door"), room=world.lobby)
    async with world.engine.database.read() as connection:
        kept = await export(connection, world.people["attendee"])
    assert [row["remark"] for row in kept["exhibitor_applications"]] == ["By the door"]
    await erase(world.engine, world.people["attendee"])
    async with world.engine.database.read() as connection:
        assert (await export(connection, world.people["other"]))["exhibitor_applications"] == []
        assert await applying.applications(connection) == []


@pytest.mark.parametrize("who", ["attendee", "owner", "moderator"])
async def test_only_organisers_decide(site: Site, world: World, who: str) -> None:
    await world.do("other", ApplyToExhibit("Aurora"), room=world.lobby)
    visitor = await person(site, world, who)
    assert (await visitor.get(ORGANISE)).status_code == 403


async def test_country_languages_and_hall_are_chosen_by_name(site: Site, world: World) -> None:
    applicant = await person(site, world, "attendee")
    await applicant.get(APPLY)
    assert '<option value="NO">Norway</option>' in applicant.page
    assert re.search(r'name="languages" value="no"><span>Norwegian', applicant.page)
    assert re.search(r'<select class="input" id="field-hall".*?<option value="Hall 1">', applicant.page, re.DOTALL)
    # What was chosen is still chosen when the form is refused.
    chosen = {"name": "", "country": "NO", "languages": ["no", "en"], "key": "k1"}
    await applicant.post(APPLY, chosen)
    assert '<option value="NO" selected>Norway</option>' in applicant.page
    assert 'name="languages" value="no" checked' in applicant.page
    await applicant.post(APPLY, {**chosen, "name": "Aurora", "key": "k2"})
    assert "Norwegian" in applicant.page
    organiser = await person(site, world, "organiser")
    await organiser.get("/c/forum/organise/exhibitors")
    assert "Norway" in organiser.page


async def test_organisers_see_all_exhibitors_and_download_an_empty_table(site: Site, world: World) -> None:
    organiser = await person(site, world, "organiser")
    await organiser.get("/c/forum/organise/exhibitors")
    listed = organiser.page[organiser.page.index('aria-labelledby="exhibitors"') :]
    assert f'<a href="/c/forum/exhibition/{world.booth}">Lumen</a>' in listed
    assert f'href="/c/forum/exhibition/{world.booth}/edit"' in listed
    table = await organiser.get("/c/forum/organise/exhibitors/template.csv")
    assert table.content.decode("utf-8-sig").replace('"', "").startswith("id,name,tagline")
    attendee = await person(site, world, "attendee")
    assert (await attendee.get("/c/forum/organise/exhibitors/template.csv")).status_code == 403

"""The pages of organisations without JavaScript."""

import re

from rooms.exhibition.tables import booths
from rooms.organisations.profile import create
from rooms.people.messages import ListMe
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/organisations"
LIST = "/c/forum/organise/organisations"


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def test_a_participant_creates_an_organisation_and_adds_a_colleague(site: Site, world: World) -> None:
    attendee = await person(site, world, "attendee")
    await attendee.get(f"{HERE}/new")
    await attendee.post(
        f"{HERE}/new", {"key": "k0", "name": "Aurora", "website": "aurora", "fields": "Physics\nOptics"}
    )
    assert "Give the full address of a website" in attendee.page
    assert 'value="aurora"' in attendee.page, "nothing typed is lost"
    assert "Physics\nOptics</textarea>" in attendee.page
    said = {
        "name": "Aurora",
        "about": "Polar **light**",
        "country": "no",
        "fields": "Physics\nOptics",
        "zh_Hans-name": "极光",
    }
    answer = await attendee.post(f"{HERE}/new", {"key": "k1", **said})
    organisation = re.search(r"organisations/(\w{20})/edit", answer.url.path)[1]
    page = f"{HERE}/{organisation}"
    await world.do("other", ListMe(True), room=await world.desk("other"))
    await attendee.get(f"{page}/edit", params={"words": "other"})
    assert 'Add<span class="visually-hidden"> · Other' in attendee.page
    member = {"room": world.lobby, "organisation": organisation, "person": world.people["other"], "role": "member"}
    await attendee.post("/do/organisation.set_member", {**member, "next": f"{page}/edit", "key": "k2"})
    other = await person(site, world, "other")
    await other.get(page)
    assert "<strong>light</strong>" in other.page
    assert "Norway · Physics, Optics" in other.page
    assert "Only members and organisers see this page" in other.page
    assert (await other.get(f"{page}/edit")).status_code == 403
    for who in ("staff", "guest"):
        assert (await (await person(site, world, who)).get(page)).status_code == 404
    assert (await Visitor(site).get(page)).status_code == 404


async def test_an_organisation_with_an_open_booth_is_public(site: Site, world: World) -> None:
    page = f"{HERE}/{world.organisation}"
    visitor = Visitor(site)
    await visitor.get(f"/c/forum/exhibition/{world.booth}")
    assert f'href="{page}"' in visitor.page
    await visitor.get(page)
    assert f"/c/forum/exhibition/{world.booth}" in visitor.page
    assert "Owner" not in visitor.page, "members are shown to members and organisers only"
    async with world.engine.database.write() as connection:
        await connection.execute(booths.update().values(open=False))
    assert (await visitor.get(page)).status_code == 404


async def test_visitors_who_are_not_signed_in_are_asked_to(site: Site, world: World) -> None:
    visitor = Visitor(site)
    await visitor.get(f"{HERE}/new")
    assert "Sign in to create an organisation." in visitor.page
    assert (await visitor.get(f"{HERE}/{world.organisation}/edit")).status_code == 401


async def test_organisers_merge_duplicates(site: Site, world: World) -> None:
    async with world.engine.database.write() as connection:
        double = await create(connection, world.conference, {"name": "LUMEN, Inc.", "country": "US"})
        for number in range(60):
            await create(connection, world.conference, {"name": f"Firm {number:02}"})
    organiser = await person(site, world, "organiser")
    await organiser.get(LIST)
    assert "Possible duplicates" in organiser.page
    assert "Merge and delete" in organiser.page  # in a second step, because merging cannot be undone
    assert "Page 1 of 2" in organiser.page
    merge = {"room": world.lobby, "organisation": double, "into": world.organisation, "next": LIST, "key": "k1"}
    await organiser.post("/do/organisation.merge", merge)
    assert "Possible duplicates" not in organiser.page
    await organiser.get(LIST, params={"words": "firm 07"})
    assert re.findall(r"Firm \d\d(?=</a>)", organiser.page) == ["Firm 07"]
    await organiser.get(LIST, params={"words": "nobody at all"})
    assert "No organisation was found." in organiser.page
    for who, status in (("attendee", 403), ("owner", 403)):
        assert (await (await person(site, world, who)).get(LIST)).status_code == status

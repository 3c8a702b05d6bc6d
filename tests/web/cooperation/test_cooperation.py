"""The pages of project cooperation without JavaScript: from a type to an agreement."""

import re

from rooms.cooperation.messages import EntrySide
from rooms.exhibition.tables import booths
from tests.support.cooperation import drafted, entry_type, interested, published, waiting
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/cooperation"
ORGANISE = "/c/forum/organise/cooperation"


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


async def test_an_organiser_defines_a_type_with_fields(site: Site, world: World) -> None:
    organiser = await person(site, world, "organiser")
    await organiser.get("/c/forum")
    assert f'href="{HERE}"' not in organiser.page, "the zone is not shown before it opens"
    await organiser.get(f"{ORGANISE}/types/new")
    fields = {
        "name": "Technology offer",
        "side": "offer",
        "days": "90",
        "0-name": "Readiness level",
        "0-kind": "maturity",
        "0-required": "on",
        "1-name": "融资",
        "1-kind": "choice",
        "1-options": "Public",
    }
    await organiser.post(f"{ORGANISE}/types/new", {"key": "k1", **fields})
    assert "needs at least two different choices" in organiser.page
    assert 'value="Readiness level"' in organiser.page, "nothing entered is lost"
    answer = await organiser.post(f"{ORGANISE}/types/new", {"key": "k2", **fields, "1-options": "Public\nPrivate"})
    assert 'name="0-key" value="readiness_level"' in organiser.page
    assert 'name="1-key" value="field"' in organiser.page
    changed = {**fields, "0-key": "readiness_level", "0-name": "TRL", "1-name": "", "days": "x"}
    await organiser.post(answer.url.path, {"key": "k3", **changed})
    assert 'aria-invalid="true"' in organiser.page
    await organiser.post(answer.url.path, {"key": "k4", **changed, "days": "30"})
    assert 'name="0-key" value="readiness_level"' in organiser.page
    assert 'value="融资"' not in organiser.page
    await organiser.get("/c/forum")
    assert f'href="{HERE}"' in organiser.page
    for who in ("attendee", "moderator", "owner"):
        assert (await (await person(site, world, who)).get(ORGANISE)).status_code == 403


async def test_an_entry_is_written_reviewed_and_read(site: Site, world: World) -> None:
    type = await entry_type(world)
    staff, organiser = await person(site, world, "staff"), await person(site, world, "organiser")
    await staff.get(f"{HERE}/new")
    assert f"?type={type}" in staff.page
    new = f"{HERE}/new?type={type}"
    await staff.get(new)
    fields = {
        "type": type,
        "organisation": world.organisation,
        "title": "Solar cells",
        "about": "**Light**",
        "country": "se",
    }
    await staff.post(new, {"key": "k1", **fields, "field-budget": "much"})
    assert "Enter “Budget” as an amount" in staff.page
    assert 'value="Solar cells"' in staff.page, "nothing entered is lost"
    answer = await staff.post(new, {"key": "k2", **fields, "field-budget": "20000 EUR", "zh_Hans-title": "太阳能电池"})
    entry = re.search(r"/cooperation/(\w{20})$", answer.url.path)[1]
    page = f"{HERE}/{entry}"
    for visitor in (Visitor(site), await person(site, world, "attendee")):
        assert (await visitor.get(page)).status_code == 404
    submit = {"room": world.lobby, "entry": entry, "next": page}
    await staff.post("/do/entry.submit", {**submit, "key": "k3"})
    assert "“Readiness” is required" in staff.page
    await staff.get(f"{page}/edit")
    await staff.post(f"{page}/edit", {"key": "k4", **fields, "field-stage": "4", "field-science": "2.5"})
    await staff.post("/do/entry.submit", {**submit, "key": "k5"})
    await organiser.get(ORGANISE)
    assert "Solar cells" in organiser.page
    await organiser.post("/do/entry.approve", {"room": world.lobby, "entry": entry, "next": ORGANISE, "key": "k6"})
    reader = Visitor(site)
    await reader.get(page)
    assert "<strong>Light</strong>" in reader.page
    assert "Materials engineering" in reader.page
    assert "TRL 4" in reader.page
    assert "Sign in to show interest" in reader.page
    await reader.get(HERE, params={"words": "sol", "stage": "4"})
    assert "1 entry" in reader.page
    assert "TRL 4 (1)" in reader.page
    await reader.get(HERE, params={"words": "nothing"})
    assert "No matching entries." in reader.page


async def test_unpublished_entries_are_found_through_no_door(site: Site, world: World) -> None:
    entry, published_one = await waiting(world), await published(world, title="Wind")
    for who in ("attendee", "guest", "moderator"):
        visitor = await person(site, world, who)
        for path in (f"{HERE}/{entry}", f"{HERE}/{entry}/edit"):
            assert (await visitor.get(path)).status_code == 404
        assert (await visitor.get(f"{HERE}/{published_one}/edit")).status_code == 403
        await visitor.get(HERE, params={"words": "perovskite"})
        assert "0 entries" in visitor.page


async def test_interest_is_shown_answered_and_followed(site: Site, world: World) -> None:
    entry = await published(world)
    page, requests = f"{HERE}/{entry}", f"{HERE}/requests"
    attendee, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await attendee.get(page)
    show = {"room": world.lobby, "entry": entry, "next": page, "key": "k1", "text": "Let us talk <b>"}
    await attendee.post("/do/interest.show", show)
    assert "Waiting for an answer" in attendee.page
    assert "Let us talk &lt;b&gt;" in (await staff.get(requests)).text
    assert "waiting for less than an hour" in staff.page
    interest = re.search(r'name="interest" value="(\w{20})"', staff.page)[1]
    accept = {"room": world.lobby, "interest": interest, "next": requests, "key": "k2"}
    await staff.post("/do/interest.accept", accept)
    await attendee.get(requests)
    outcome = {"room": world.lobby, "interest": interest, "next": requests, "key": "k3", "outcome": "memorandum"}
    await attendee.post("/do/interest.outcome", outcome)
    organiser = await person(site, world, "organiser")
    await organiser.get(ORGANISE)
    assert re.search(r"Memorandum of understanding</dt><dd>1", organiser.page)
    assert "Median wait" in organiser.page


async def test_the_reason_of_a_decline_is_for_its_author_alone(site: Site, world: World) -> None:
    interest = await interested(world)
    staff = await person(site, world, "staff")
    await staff.get(f"{HERE}/requests")
    decline = {"room": world.lobby, "interest": interest, "next": f"{HERE}/requests", "key": "k1", "reason": "budget"}
    await staff.post("/do/interest.decline", decline)
    attendee = await person(site, world, "attendee", language="zh-CN")
    await attendee.get(f"{HERE}/requests")
    assert "预算不合适" in attendee.page
    other = await person(site, world, "other")
    await other.get(f"{HERE}/requests")
    assert "The budget does not fit" not in other.page


async def test_a_search_is_saved_and_opened_again(site: Site, world: World) -> None:
    type = await entry_type(world, side=EntrySide.REQUEST, name="Partner sought")
    await published(world, type, title="Solar lamps")
    await published(world, type, title="Wind", values={"stage": "9"})
    attendee = await person(site, world, "attendee")
    await attendee.get(HERE, params={"words": "lamp", "stage": "4", "side": "request"})
    saved = {"key": "k1", "name": "Lamps", "words": "lamp", "stage": "4", "side": "request", "type": ""}
    await attendee.post(f"{HERE}/searches", saved)
    assert "1 entry" in attendee.page  # still what was searched for
    link = re.search(r'href="([^"]+\?search=\w{20})"', attendee.page)[1]
    await attendee.get(link)
    assert "1 entry" in attendee.page
    assert 'value="lamp"' in attendee.page
    await drafted(world)


async def test_a_session_leads_to_the_zone_once_it_is_open(site: Site, world: World) -> None:
    attendee = await person(site, world, "attendee")
    session = f"/c/forum/sessions/{world.session}"
    link = f'href="{HERE}"'
    before = await attendee.get(session)
    assert before.status_code == 200
    assert link not in before.text
    await entry_type(world)
    assert link in (await attendee.get(session)).text


async def test_signing_in_for_a_conference_works_while_its_zone_is_open(site: Site, world: World) -> None:
    await entry_type(world)
    assert (await Visitor(site).get("/sign-in?next=/c/forum")).status_code == 200


async def test_an_incomplete_entry_is_refused_with_a_way_back_to_it(site: Site, world: World) -> None:
    entry = await drafted(world, values={})
    staff = await person(site, world, "staff")
    here = f"{HERE}/{entry}"
    refused = await staff.post("/do/entry.submit", {"room": world.lobby, "entry": entry, "next": here, "key": "k1"})
    assert refused.status_code == 422
    assert f'href="{here}"' in refused.text
    assert "Send again" not in refused.text  # nothing on this page could be corrected


async def test_both_sides_of_an_accepted_request_see_whom_to_write_to(site: Site, world: World) -> None:
    interest = await interested(world)
    staff, attendee = await person(site, world, "staff"), await person(site, world, "attendee")
    requests = f"{HERE}/requests"
    for visitor in (staff, attendee):
        assert "mailto:" not in (await visitor.get(requests)).text
    assert "1 waits for your answer" in (await staff.get(HERE)).text
    assert "for your answer" not in (await attendee.get(HERE)).text
    accept = {"room": world.lobby, "interest": interest, "next": requests, "key": "k1"}
    await staff.post("/do/interest.accept", accept)
    assert "mailto:attendee@example.org" in (await staff.get(requests)).text
    assert "mailto:staff@example.org" in (await attendee.get(requests)).text
    assert "for your answer" not in (await staff.get(HERE)).text
    other = await person(site, world, "other")
    assert "mailto:" not in (await other.get(requests)).text


async def test_a_declined_request_shows_no_address(site: Site, world: World) -> None:
    interest = await interested(world)
    staff, attendee = await person(site, world, "staff"), await person(site, world, "attendee")
    requests = f"{HERE}/requests"
    decline = {"room": world.lobby, "interest": interest, "next": requests, "key": "k1", "reason": "budget"}
    await staff.post("/do/interest.decline", decline)
    for visitor in (staff, attendee):
        assert "mailto:" not in (await visitor.get(requests)).text


async def test_an_organisation_with_a_published_entry_and_no_booth_has_a_page(site: Site, world: World) -> None:
    async with world.engine.database.write() as connection:
        await connection.execute(booths.update().values(open=False))
    page = f"/c/forum/organisations/{world.organisation}"
    assert (await Visitor(site).get(page)).status_code == 404
    entry = await published(world)
    shown = await Visitor(site).get(page)
    assert shown.status_code == 200
    assert f"{HERE}/{entry}" in shown.text


async def test_the_lobby_leads_to_open_zones(site: Site, world: World) -> None:
    link = f'href="{HERE}"'
    assert link not in (await Visitor(site).get("/c/forum")).text
    await entry_type(world)
    lobby = (await Visitor(site).get("/c/forum")).text
    assert link in lobby
    assert 'href="/c/forum/exhibition"' in lobby

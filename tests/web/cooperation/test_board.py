"""The consortium board in the browser without JavaScript."""

import re

from rooms.cooperation import messages as m
from tests.support.cooperation import applicant, applies, entry_type, idea
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/cooperation"
BOARD = f"{HERE}/board"


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


async def test_an_idea_from_its_form_to_a_filled_role(site: Site, world: World) -> None:
    type = await entry_type(world, side=m.EntrySide.IDEA, name="Idea", fields=[])
    staff, organiser = await person(site, world, "staff"), await person(site, world, "organiser")
    new = f"{HERE}/new?type={type}"
    await staff.get(new)
    fields = {"type": type, "organisation": world.organisation, "title": "Storage in the cold"}
    fields |= {"role-0-name": "Maker of cells", "role-0-zh_Hans": "电芯制造商", "role-0-number": "1"}
    fields |= {"role-1-name": "Test site", "role-1-countries": "", "role-1-number": "2"}
    await staff.post(new, {"key": "k1", **fields, "role-0-countries": "Germany, Atlantis"})
    assert "“Atlantis” is not a country." in staff.page
    assert 'value="Maker of cells"' in staff.page, "nothing entered is lost"
    answer = await staff.post(new, {"key": "k2", **fields, "role-0-countries": "Germany、中国"})
    entry = re.search(r"/cooperation/(\w{20})$", answer.url.path)[1]
    page = f"{HERE}/{entry}"
    await staff.get(f"{page}/edit")
    assert 'value="Germany, China"' in staff.page
    for op, visitor in (("submit", staff), ("approve", organiser)):
        await visitor.post(f"/do/entry.{op}", {"room": world.lobby, "entry": entry, "next": page, "key": op})
    reader = Visitor(site, language="zh-CN")
    await reader.get(BOARD)
    assert "电芯制造商" in reader.page
    assert "德国" in reader.page
    await applicant(world)
    attendee = await person(site, world, "attendee")
    await attendee.get(page)
    organisation = re.search(r'<option value="(\w{20})" selected>Cellworks', attendee.page)[1]
    role = re.search(r'<option value="(\w+)">Maker of cells', attendee.page)[1]
    show = {"room": world.lobby, "entry": entry, "next": page, "key": "k5", "text": "We make them."}
    await attendee.post("/do/interest.show", {**show, "organisation": organisation, "role": role})
    await staff.get(f"{HERE}/requests")
    assert "Applies for the role: Maker of cells" in re.sub("<[^>]+>", "", staff.page)
    interest = re.search(r'name="interest" value="(\w{20})"', staff.page)[1]
    accept = {"room": world.lobby, "interest": interest, "next": f"{HERE}/requests", "key": "k6"}
    assert "Cellworks" not in (await reader.get(BOARD)).text
    await staff.post("/do/interest.accept", accept)
    visitor = Visitor(site)
    await visitor.get(BOARD)
    assert "Cellworks" in visitor.page
    assert "Filled" in visitor.page
    assert "0 of 2 filled" in visitor.page


async def test_the_board_leads_to_the_search_and_its_searches_are_saved(site: Site, world: World) -> None:
    await idea(world)
    attendee = await person(site, world, "attendee")
    await attendee.get(BOARD)
    assert f"{HERE}?words=Maker+of+cells&country=DE" in attendee.page.replace("%20", "+").replace("&amp;", "&")
    await attendee.get(BOARD, params={"sought": "FR", "words": "cold"})
    assert "1 idea" in attendee.page
    saved = await attendee.post(
        f"{HERE}/searches", {"key": "k1", "name": "For us", "side": "idea", "sought": "FR", "words": "cold"}
    )
    assert saved.url.path == BOARD
    assert "1 idea" in attendee.page
    assert '<option value="FR" selected>' in attendee.page
    await attendee.get(BOARD, params={"words": "nothing"})
    assert "No matching ideas." in attendee.page


async def test_applications_are_seen_by_the_two_sides_alone(site: Site, world: World) -> None:
    entry = await idea(world)
    await applies(world, entry)
    for who in ("", "speaker", "moderator", "guest"):
        visitor = Visitor(site) if not who else await person(site, world, who)
        for address in (BOARD, HERE, f"{HERE}/{entry}", f"{HERE}/requests"):
            assert "Cellworks" not in (await visitor.get(address)).text, (who, address)

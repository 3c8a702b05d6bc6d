"""The pages of a booth's staff without JavaScript: leads, colleagues and what they may take along."""

import csv
import io
import re

from rooms.exhibition import lead_messages as xl
from rooms.exhibition import messages as x
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def test_a_colleague_is_found_invited_and_removed(site: Site, world: World) -> None:
    page = f"/c/forum/exhibition/{world.booth}/staff"
    owner, other = await person(site, world, "owner"), await person(site, world, "other")
    await owner.get(page, params={"words": "other@example.org"})
    assert 'Add<span class="visually-hidden"> · Other' in owner.page
    fields = {"room": world.stand, "person": world.people["other"], "next": page}
    await owner.post("/do/staff.set", {**fields, "duty": "contact", "key": "k1"})
    assert 'aria-label="Pages of the booth"' in (await other.get(f"/c/forum/exhibition/{world.booth}")).text
    await owner.post("/do/staff.set", {**fields, "key": "k2"})
    assert (await other.get(f"/c/forum/exhibition/{world.booth}/leads")).status_code == 403
    await owner.post(f"{page}/invite", {"duty": "staff", "uses": "1", "days": "7"})
    secret = re.search(r"https://forum.example(/invite/[\w-]+)", owner.page)[1]
    await other.get(secret)
    assert "Booth: Lumen" in other.page
    answer = await other.post(secret)
    assert answer.url.path == f"/c/forum/exhibition/{world.booth}"
    assert (await other.get(f"/c/forum/exhibition/{world.booth}/leads")).status_code == 200
    await owner.post(f"{page}/invite", {"duty": "owner", "uses": "x", "days": "7"})
    assert "Give a whole number." in owner.page
    await owner.post(f"{page}/invite", {"duty": "owner", "uses": "3", "days": "7"})
    invite = re.search(r'name="invite" value="(\w{20})"', owner.page)[1]
    secret = re.search(r"https://forum.example(/invite/[\w-]+)", owner.page)[1]
    await owner.post(f"{page}/withdraw-invite", {"invite": invite})
    assert (await other.get(secret)).status_code == 410


async def test_a_visitor_shares_by_form_and_the_staff_take_it_along(site: Site, world: World) -> None:
    booth = f"/c/forum/exhibition/{world.booth}"
    visitor, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await visitor.get(f"{booth}/share")
    fields = {"room": world.stand, "next": f"{booth}/share", "source": "scan"}
    await visitor.post(
        "/do/lead.share", {**fields, "key": "k1", "purpose": "news", "organisation": "=cmd|' /C calc'!A0"}
    )
    assert "You have shared your contact" in visitor.page
    await staff.get(f"{booth}/leads")
    lead = re.search(r'id="lead-(\w{20})"', staff.page)[1]
    fields = {"room": world.stand, "next": f"{booth}/leads", "lead": lead}
    await staff.post("/do/lead.note", {**fields, "key": "k2", "text": "+46 70 000 00"})
    await staff.post("/do/lead.qualify", {**fields, "key": "k3", "rating": "warm", "tags": "press, north"})
    await staff.get(f"{booth}/leads", params={"tag": "press"})
    assert "+46 70 000 00" in staff.page
    answer = await staff.get(f"{booth}/leads.csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert row["organisation"] == "'=cmd|' /C calc'!A0", "no spreadsheet runs it"
    assert (row["email"], row["purpose"], row["source"]) == ("attendee@example.org", "news", "scan")
    assert (row["rating"], row["tags"]) == ("warm", "press, north")
    assert row["notes"].endswith("Staff: +46 70 000 00")
    await visitor.get("/account")
    await visitor.post("/account/shared/take-back", {"booth": world.booth})
    assert "Taken back" in visitor.page
    assert (await staff.get(f"{booth}/leads.csv")).content.decode("utf-8-sig").count("\n") == 1


async def test_one_who_is_only_asked_is_not_in_the_file(site: Site, world: World) -> None:
    await world.do("attendee", x.JoinQueue(), room=world.stand)
    await world.do("staff", xl.AskLead(world.people["attendee"]), room=world.stand)
    staff = await person(site, world, "staff")
    await staff.get(f"/c/forum/exhibition/{world.booth}/leads")
    assert "Has yet to agree" in staff.page
    table = await staff.get(f"/c/forum/exhibition/{world.booth}/leads.csv?state=asked")
    assert "Attendee" not in table.content.decode("utf-8-sig")

"""The pages of a booth's staff without JavaScript: leads, colleagues and what they may take along."""

import csv
import io
import re

import msgspec

from rooms.chat.messages import PostMessage, RemoveMessage
from rooms.exhibition.leads.messages import AskLead
from rooms.exhibition.queue.messages import AcceptCall, CallNext, JoinQueue
from rooms.people.messages import ListMe
from tests.support.visitor import Visitor
from tests.support.world import World
from web.site import Site


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def test_a_colleague_is_found_invited_and_removed(site: Site, world: World) -> None:
    page = f"/c/forum/exhibition/{world.booth}/staff"
    owner, other = await person(site, world, "owner"), await person(site, world, "other")
    await world.do("other", ListMe(True), room=await world.desk("other"))
    await owner.get(page, params={"words": "other"})
    assert 'Add<span class="visually-hidden"> · Other' in owner.page
    fields = {"room": world.stand, "person": world.people["other"], "next": page}
    await owner.post("/do/staff.set", {**fields, "duty": "contact", "key": "k1"})
    assert 'aria-label="Booth pages"' in (await other.get(f"/c/forum/exhibition/{world.booth}")).text
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
    assert "Enter a whole number." in owner.page
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
    assert "Withdrawn" in visitor.page
    assert (await staff.get(f"{booth}/leads.csv")).content.decode("utf-8-sig").count("\n") == 1


async def test_one_who_is_only_asked_is_not_in_the_file(site: Site, world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", AskLead(world.people["attendee"]), room=world.stand)
    staff = await person(site, world, "staff")
    await staff.get(f"/c/forum/exhibition/{world.booth}/leads")
    assert "Not agreed yet" in staff.page
    table = await staff.get(f"/c/forum/exhibition/{world.booth}/leads.csv?state=asked")
    assert "Attendee" not in table.content.decode("utf-8-sig")


async def test_figures_as_a_chart_a_table_and_a_file(site: Site, world: World) -> None:
    page = f"/c/forum/exhibition/{world.booth}/figures"
    staff = await person(site, world, "staff")
    await staff.get(page)
    assert "Nothing has happened here yet." in staff.page
    await world.do("attendee", JoinQueue(), room=world.stand)
    await staff.get(page, params={"of": "joins", "day": "2026-11-20"})
    assert 'role="img"' in staff.page
    assert 'aria-label="In the queue: 17:00 1"' in staff.page
    assert re.search(r"joined the queue</th>.*?<td class=\"numbers\">1</td>", staff.page, re.DOTALL)
    assert "Attendee" not in staff.page, "without names"
    table = (await staff.get(f"{page}.csv")).content.decode("utf-8-sig").splitlines()
    assert table == [
        '"day","hour","visits","chats","joins","talks","leads","downloads"',
        '"2026-11-20","17:00","0","0","1","0","0","0"',
    ]
    for odd in ("day=x", "of=x", "day=9999-99-99"):
        assert (await staff.get(f"{page}?{odd}")).status_code == 200


async def test_the_chat_is_moderated_and_taken_along(site: Site, world: World) -> None:
    posted = []
    for who, text in (("attendee", "=1+1"), ("other", "Buy my coins"), ("other", "Never mind")):
        done = await world.do(who, PostMessage(text), room=world.stand)
        posted.append(msgspec.json.decode(done.reply)["message"])
    staff = await person(site, world, "staff")
    path = f"/c/forum/exhibition/{world.booth}"
    await staff.get(path)
    assert "Buy my coins" in staff.page
    await world.do("staff", RemoveMessage(posted[1]), room=world.stand)
    await world.do("other", RemoveMessage(posted[2]), room=world.stand)
    await staff.get(path)
    assert "Buy my coins" not in staff.page
    answer = await staff.get(f"{path}/chat.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [(row["author"], row["text"], row["removed_by"]) for row in rows] == [
        ("Attendee", "'=1+1", ""),
        ("Other", "Buy my coins", "Staff"),
        ("Other", "", "Other"),
    ]


async def test_in_a_talk_one_shares_without_leaving_it(site: Site, world: World) -> None:
    await world.do("attendee", JoinQueue(), room=world.stand)
    await world.do("staff", CallNext(), room=world.stand)
    accepted = await world.do("attendee", AcceptCall(), room=world.stand)
    meeting = f"/c/forum/meetings/{msgspec.json.decode(accepted.reply)['meeting']}"
    visitor, staff = await person(site, world, "attendee"), await person(site, world, "staff")
    await visitor.get(meeting)
    share = re.search(r'href="([^"]*/share\?from=call)" target="_blank"', visitor.page)[1]
    await visitor.get(share)
    assert 'name="source" value="call"' in visitor.page
    await staff.get(meeting)
    assert f"/c/forum/exhibition/{world.booth}/leads" in staff.page
    assert "/share" not in staff.page

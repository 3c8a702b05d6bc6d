"""The organiser's import of exhibitors: first what it would change, then all of that."""

import re

from rooms.exhibition.booths.messages import CreateBooth
from tests.support.visitor import Outbox, Visitor
from tests.support.world import World
from web.site import Site

PATH = "/c/forum/organise/exhibitors"
TABLE = "id,name,hall,tier,owner\nA-1,Aurora,Hall 2,sponsor,nobody@example.org\n,Lumen,Hall 1,partner,\n"


async def upload(organiser: Visitor, table: str) -> str:
    """The address of what it would change."""
    await organiser.get(PATH)
    answer = await organiser.post(PATH, files={"file": ("list.csv", table.encode(), "text/csv")})
    return answer.url.path


async def test_a_list_is_looked_at_and_brought_in(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    address = await upload(organiser, TABLE)
    assert "Nothing has been changed yet." in organiser.page
    for said in ("Aurora", "nobody@example.org", '<del dir="auto">exhibitor</del>', '<ins dir="auto">partner</ins>'):
        assert said in organiser.page, said
    plan = re.search(r'name="plan" value="(\w{32})"', organiser.page)[1]
    # In the meantime somebody else creates the same booth.
    await world.do("organiser", CreateBooth("Aurora", "Hall 3"), room=world.lobby)
    answer = await organiser.post(address, {"plan": plan})
    assert answer.status_code == 409
    assert "Someone else has changed the exhibition" in organiser.page
    plan = re.search(r'name="plan" value="(\w{32})"', organiser.page)[1]
    await organiser.post(address, {"plan": plan})
    assert "The exhibitors were imported: 0 added, 2 changed." in organiser.page
    assert (await organiser.get(address)).status_code == 404, "it is no longer kept"
    await upload(organiser, TABLE)
    assert "Nothing to change" in organiser.page


async def test_rows_that_are_left_out_and_cells_that_are_ignored_are_listed(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await upload(organiser, "name,hall,country\nA,Hall 1,Sweden\nB,Hall 1,Swodon\nC,,SE\nD,Hall 1,<b>\n,Hall 1,\n")
    assert "2 rows are left out:" in organiser.page
    assert "4 · C: This is a new exhibitor, without a hall." in organiser.page
    assert "6 › name: Write something first." in organiser.page
    assert "2 notes on how the file was read:" in organiser.page
    assert "3 · B: “Swodon” is not a country." in organiser.page
    assert (
        "5 · D: “&lt;b&gt;” is not a country." in organiser.page or "5 · D: “<b>” is not a country." in organiser.page
    )


async def test_faults_are_listed_row_by_row(site: Site, world: World) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    await upload(organiser, "name,hall\n,Hall 1\n<b>" + "x" * 120 + ",Hall 1\n")
    assert "Faults found: 2. Nothing was changed." in organiser.page
    assert "2 › name: Write something first." in organiser.page
    assert "3 · <b>x" in organiser.page
    assert (await organiser.post(PATH, files={"file": ("x.xlsx", b"PK\x03\x04", "x/y")})).status_code == 422
    answer = await organiser.post(PATH, files={"file": ("x.csv", b"a" * 7_000_000, "text/csv")})
    assert answer.status_code == 413


async def test_an_upload_is_its_owners_alone(site: Site, world: World) -> None:
    organiser, admin = [await Visitor(site).sign_in(world.people[who]) for who in ("organiser", "admin")]
    address = await upload(organiser, TABLE)
    assert (await organiser.get(address)).status_code == 200
    assert (await admin.get(address)).status_code == 404


async def test_owners_without_an_account_are_invited_once(site: Site, world: World, emails: Outbox) -> None:
    organiser = await Visitor(site).sign_in(world.people["organiser"])
    address = await upload(organiser, TABLE)
    assert "1 owner has no account yet." in organiser.page
    plan = re.search(r'name="plan" value="(\w{32})"', organiser.page)[1]
    await organiser.post(address, {"plan": plan})
    assert "Invite 1 owner by email" in organiser.page
    await site.post.settled()
    assert emails.sent == [], "nobody is written to unasked"
    for said in ("1 owner is being invited by email.", "0 owners are being invited by email."):
        await organiser.post(f"{PATH}/invite")
        assert said in organiser.page
        assert "Invite 1 owner" not in organiser.page
        assert "1 has been invited and has not joined yet" in organiser.page
    await site.post.settled()
    [email] = emails.sent
    assert email.to == "nobody@example.org"
    assert email.subject == "Your booth at The Forum: Aurora"
    # The same list once more changes nothing, and requests no second email.
    await upload(organiser, TABLE)
    assert "Nothing to change" in organiser.page

    person = await world.person("aurora")
    owner = await Visitor(site).sign_in(person)
    invitation = emails.link()
    await owner.get(invitation)
    await owner.post(invitation)
    assert "Your invitation is accepted." in owner.page
    assert "Aurora" in owner.page
    await organiser.get(PATH)
    assert "Owners without an account" not in organiser.page
    assert (await owner.get(invitation)).status_code == 410

"""Documents of entries in the browser without JavaScript: uploaded, asked for, approved, downloaded; and refused to everybody else."""

import re
from pathlib import Path

import pytest

from rooms.cooperation import messages as m
from rooms.cooperation.documents.messages import ApproveReader
from rooms.core.files.store import FolderStore
from rooms.people.erasure import export
from rooms.people.messages import BlockPerson, RemovePerson
from tests.support import files as made
from tests.support.cooperation import PAPER, asks_to_read, documented, drafted, entry_type
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/cooperation"


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


async def person(site: Site, world: World, who: str, **options: str) -> Visitor:
    return await Visitor(site, **options).sign_in(world.people[who])


async def test_a_gated_document_from_the_upload_to_its_reader(site: Site, world: World) -> None:
    type = await entry_type(world, fields=[PAPER])
    entry = await drafted(world, type, values={})
    page, here = f"{HERE}/{entry}", f"{HERE}/{entry}/documents"
    staff, organiser = await person(site, world, "staff"), await person(site, world, "organiser")
    assert f'href="{here}"' in (await staff.get(page)).text
    await staff.get(here)
    form = {"field": "paper", "gated": "true"}
    await staff.post(here, form, files={"file": ("x.exe", b"MZ", "application/pdf")})
    assert "A document is a PDF, or a PNG or JPEG picture." in staff.page
    await staff.post(here, form, files={"file": ("zqsecret.pdf", made.pdf(), "application/pdf")})
    assert "zqsecret" in staff.page
    assert "Waits for approval" in staff.page
    address = re.search(rf"{here}/\w{{20}}", staff.page)[0]
    submit = {"room": world.lobby, "entry": entry, "next": page}
    await staff.post("/do/entry.submit", {**submit, "key": "k1"})
    assert (await organiser.get(address)).content == made.pdf(), "organisers read what they approve"
    await organiser.post("/do/entry.approve", {**submit, "key": "k2"})
    reader = await person(site, world, "attendee")
    await reader.get(page)
    assert "zqsecret" not in reader.page
    assert "Only for readers that the organisation approves" in reader.page
    assert (await reader.get(address)).status_code == 404
    ask = {**submit, "reason": "We test such cells."}
    await reader.post("/do/reader.ask", {**ask, "key": "k3"})
    assert "You have asked for these documents." in reader.page
    await staff.get(here)
    assert "We test such cells." in staff.page
    answer = {"room": world.lobby, "entry": entry, "person": world.people["attendee"], "next": here}
    await staff.post("/do/reader.approve", {**answer, "key": "k4"})
    assert "Can read them" in staff.page
    await reader.get(page)
    assert "zqsecret" in reader.page
    got = await reader.get(address)
    assert (got.status_code, got.content) == (200, made.pdf())
    assert got.headers["content-disposition"].startswith('attachment; filename="zqsecret.pdf"')
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    again = await reader.get(address, headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304
    await staff.post("/do/reader.refuse", {**answer, "key": "k5"})
    ended = await reader.get(address, headers={"If-None-Match": got.headers["etag"]})
    assert ended.status_code == 404, "no copy is confirmed any more"
    assert "zqsecret" not in (await reader.get(page)).text


async def test_choices_are_named_in_chinese(site: Site, world: World) -> None:
    organiser = await person(site, world, "organiser")
    new = "/c/forum/organise/cooperation/types/new"
    fields = {"name": "Offer", "side": "offer", "days": "90", "0-name": "Funding", "0-kind": "choice"}
    fields |= {"0-options": "Public\nPrivate", "0-zh_Hans-options": "公共\n私人", "1-name": "Paper", "1-kind": "file"}
    answer = await organiser.post(new, {"key": "k1", **fields})
    assert "公共\n私人</textarea>" in organiser.page
    type = answer.url.path.rpartition("/")[2]
    reader = await person(site, world, "staff", language="zh-CN")
    await reader.get(f"{HERE}/new?type={type}")
    assert '<option value="Public">公共</option>' in reader.page
    entry = await drafted(world, type, values={"funding": "Public"})
    await world.do("organiser", m.ApproveEntry(entry), room=world.lobby)
    await reader.get(f"{HERE}/{entry}")
    assert "公共" in reader.page
    await reader.get(HERE, params={"funding": "Public"})
    assert "公共 (1)" in reader.page


# S18, S46, S57


async def test_a_gated_document_is_found_through_no_door(site: Site, world: World) -> None:
    entry, document = await documented(world, site.intake)
    draft, hidden = await documented(world, site.intake, gated=False, approved=False)
    other, open_one = await documented(world, site.intake, gated=False)
    assert (await Visitor(site).get(f"{HERE}/{other}/documents/{open_one}")).status_code == 200, "premise"
    await asks_to_read(world, entry, "speaker")
    guessed = [f"{HERE}/{entry}/documents/{document}", f"{HERE}/{draft}/documents/{hidden}"]
    guessed += [f"{HERE}/{other}/documents/{document}", f"{HERE}/{entry}/documents/{open_one}"]
    guessed += [f"/files/{document}/document.pdf", f"/c/elsewhere/cooperation/{entry}/documents/{document}"]
    for who in ("", "attendee", "speaker", "moderator", "guest", "unverified", "exhibitor"):
        visitor = Visitor(site) if not who else await person(site, world, who)
        for address in guessed:
            assert (await visitor.get(address)).status_code == 404, (who, address)
        for address in (HERE, f"{HERE}?words=paper", f"{HERE}/{entry}", f"{HERE}/requests"):
            assert "Our paper" not in (await visitor.get(address)).text, (who, address)
        if who:
            async with world.engine.database.read() as connection:
                assert "Our paper" not in str(await export(connection, world.people[who]))


async def test_who_is_blocked_or_removed_loses_access(site: Site, world: World) -> None:
    entry, document = await documented(world, site.intake)
    address = f"{HERE}/{entry}/documents/{document}"
    for who in ("attendee", "speaker"):
        await asks_to_read(world, entry, who)
        await world.do("staff", ApproveReader(entry, world.people[who]), room=world.lobby)
    attendee, speaker = await person(site, world, "attendee"), await person(site, world, "speaker")
    assert (await attendee.get(address)).status_code == 200
    assert (await speaker.get(address)).status_code == 200
    await world.do("owner", BlockPerson(world.people["attendee"]), room=await world.desk("owner"))
    assert (await attendee.get(address)).status_code == 404
    assert "Our paper" not in (await attendee.get(f"{HERE}/{entry}")).text
    await world.do("organiser", RemovePerson(world.people["speaker"]), room=world.lobby)
    assert (await speaker.get(address)).status_code == 403

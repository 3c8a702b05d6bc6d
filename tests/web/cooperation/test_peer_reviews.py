"""A second look in the browser without JavaScript; the reviewer sees one draft, and nothing else that is not public."""

import re
from pathlib import Path

import pytest

from rooms.cooperation import messages as m
from rooms.core.files.store import FolderStore
from rooms.people.messages import RemovePerson
from tests.support.cooperation import documented, interested, published, reviewed, waiting
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

HERE = "/c/forum/cooperation"


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


async def person(site: Site, world: World, who: str) -> Visitor:
    return await Visitor(site).sign_in(world.people[who])


async def test_a_second_look_from_the_question_to_the_decision(site: Site, world: World) -> None:
    entry = await waiting(world)
    page = f"{HERE}/{entry}"
    organiser, reviewer = await person(site, world, "organiser"), await person(site, world, "attendee")
    await organiser.get(page, params={"words": "attendee@example.org"})
    assert f'name="person" value="{world.people["attendee"]}"' in organiser.page
    ask = {"room": world.lobby, "entry": entry, "person": world.people["attendee"], "next": page, "key": "k1"}
    await organiser.post("/do/peer_review.ask", ask)
    assert "Not written yet" in organiser.page
    await reviewer.get(HERE)
    address = re.search(rf"{HERE}/reviews/\w{{20}}", reviewer.page)[0]
    await reviewer.get(address)
    assert "Perovskite solar cells" in reviewer.page
    assert "TRL 4" in reviewer.page
    said = {"room": world.lobby, "review": address[-20:], "advice": "change", "text": "The yield is missing <b>."}
    await reviewer.post("/do/peer_review.write", {**said, "next": address, "key": "k2"})
    assert "Change the review" in reviewer.page
    staff = await person(site, world, "staff")
    assert "The yield is missing" not in (await staff.get(page)).text
    assert "The yield is missing &lt;b&gt;." in (await organiser.get(page)).text
    assert "Request changes first" in organiser.page
    await reviewer.post("/do/peer_review.write", {**said, "for_author": "true", "next": address, "key": "k3"})
    assert "The yield is missing &lt;b&gt;." in (await staff.get(page)).text
    assert "Attendee" not in staff.page, "reviewers are not named"
    decline = {"room": world.lobby, "entry": entry, "comment": "Add the yield.", "next": page, "key": "k4"}
    await organiser.post("/do/entry.decline", decline)
    ended = await reviewer.get(address)
    assert ended.status_code == 404
    assert "This review is over." in ended.text


# S18, S46


async def test_a_reviewer_sees_one_draft_alone(site: Site, world: World) -> None:
    entry, gated = await documented(world, site.intake, approved=False, title="zqone")
    other = await waiting(world, title="zqother")
    await world.do("staff", m.CommentEntry(entry, "zqcomment"), room=world.lobby)
    _, review = await reviewed(world, entry)
    reviewer = await person(site, world, "attendee")
    await reviewer.get(f"{HERE}/reviews/{review}")
    assert "zqone" in reviewer.page
    assert "zqcomment" not in reviewer.page
    assert "Our paper" not in reviewer.page
    for address in (f"{HERE}/{entry}", f"{HERE}/{entry}/edit", f"{HERE}/{other}", f"{HERE}/{entry}/documents"):
        assert (await reviewer.get(address)).status_code == 404, address
    assert (await reviewer.get(f"{HERE}/{entry}/documents/{gated}")).status_code == 404
    draft, open_one = await documented(world, site.intake, approved=False, gated=False)
    assert (await reviewer.get(f"{HERE}/{draft}/documents/{open_one}")).status_code == 404
    await reviewed(world, draft)
    assert (await reviewer.get(f"{HERE}/{draft}/documents/{open_one}")).status_code == 200
    for who in ("speaker", "staff", "organiser", "moderator", "guest"):
        assert (await (await person(site, world, who)).get(f"{HERE}/reviews/{review}")).status_code == 404, who
    await world.do("organiser", m.ApproveEntry(draft), room=world.lobby)
    assert (await reviewer.get(f"{HERE}/{draft}/documents/{open_one}")).status_code == 200, "it is public now"
    await world.do("organiser", RemovePerson(world.people["attendee"]), room=world.lobby)
    assert (await reviewer.get(f"{HERE}/reviews/{review}")).status_code == 403


async def test_organisers_see_entries_that_nobody_can_answer(site: Site, world: World) -> None:
    entry = await published(world)
    await interested(world, entry)
    organiser = await person(site, world, "organiser")
    assert "Nobody can answer" not in (await organiser.get("/c/forum/organise/cooperation")).text
    for who in ("owner", "staff"):
        await world.do("organiser", RemovePerson(world.people[who]), room=world.lobby)
    await organiser.get("/c/forum/organise/cooperation")
    assert "Nobody can answer" in organiser.page
    assert "1 request waits" in organiser.page
    speaker = await person(site, world, "speaker")
    await speaker.get(f"{HERE}/{entry}")
    assert "nobody could answer" in speaker.page
    assert "/do/interest.show" not in speaker.page

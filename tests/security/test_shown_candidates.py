"""Where the staff of an employer see a candidate while they work: beside a call, and in the queue of their booth."""

from pathlib import Path

import pytest
from httpx import Response

from rooms.core.files.store import FolderStore
from rooms.exhibition.booths.editing import set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.exhibition.queue.messages import JoinQueue
from rooms.meetings.create import open_meeting
from rooms.organisations.tables import organisation_members
from rooms.recruitment.candidates import messages as cm
from tests.support.recruitment import HERE, candidate, cv_path
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World
from web.site import Site

OTHERS = ["attendee", "guest", "moderator", "speaker", "organiser", "admin", "stranger"]


@pytest.fixture
def site(world: World, emails: Outbox, tmp_path: Path) -> Site:
    return make_site(world, emails, store=FolderStore(tmp_path / "files"))


def directives(answer: Response) -> dict[str, str]:
    return dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; ") if " " in each)


async def test_only_a_shared_cv_is_framed_and_only_by_our_pages(site: Site, world: World) -> None:
    share, cv = await candidate(site, world), await cv_path(world)
    async with world.engine.database.write() as connection:
        two = [world.people["staff"], world.people["other"]]
        meeting = await open_meeting(connection, world.conference, world.booth, two, world.clock())
    call = f"/c/forum/meetings/{meeting}"
    staff, own = [await Visitor(site).sign_in(world.people[who]) for who in ("staff", "other")]
    shown, page = await staff.get(cv), await staff.get(call)
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    assert f'<iframe src="{cv}#' in page.text
    assert directives(page)["frame-src"] == "'self'"
    saved = await staff.get(f"{cv}?save=1")
    others = [await staff.get(f"{HERE}/candidates/{share}"), await own.get(call)]
    assert not any("<iframe" in each.text for each in others)
    assert {directives(each)["frame-src"] for each in others} == {"'none'"}
    for each in (page, *others):
        assert directives(each)["frame-ancestors"] == "'none'", each.url
    assert {each.headers["x-frame-options"] for each in (page, saved, *others)} == {"DENY"}

    await world.do("other", cm.UnshareProfile(world.organisation), room=world.lobby)
    gone, later = await staff.get(cv), await staff.get(call)
    assert (gone.status_code, directives(gone)["frame-ancestors"], gone.headers["x-frame-options"]) == (
        404,
        "'none'",
        "DENY",
    )
    assert "<iframe" not in later.text
    assert directives(later)["frame-src"] == "'none'"


async def test_a_mark_in_the_queue_is_for_members_of_the_employer(site: Site, world: World) -> None:
    share = await candidate(site, world)
    await world.do("other", JoinQueue(), room=world.stand)
    booth, marks = f"/c/forum/exhibition/{world.booth}", f"{HERE}/waiting/{world.booth}"
    async with world.engine.database.write() as connection:
        await set_duty(connection, world.booth, world.people["moderator"], Duty.STAFF, world.clock())
        helper = organisation_members.c.person == world.people["moderator"]
        await connection.execute(organisation_members.delete().where(helper))
    staff = await Visitor(site).sign_in(world.people["staff"])
    assert list((await staff.get(marks)).json().values()) == [share]
    assert f"{HERE}/candidates/{share}" in (await staff.get(booth)).text
    for who in OTHERS:
        visitor = await Visitor(site).sign_in(world.people[who])
        assert (await visitor.get(marks)).status_code in {403, 404}, who
        page = await visitor.get(booth)
        assert share not in page.text, who
        assert ("Next, please" in page.text) == (who == "moderator"), "helps at the booth, but is no member"
    await world.do("other", cm.UnshareProfile(world.organisation), room=world.lobby)
    assert (await staff.get(marks)).json() == {}
    assert share not in (await staff.get(booth)).text

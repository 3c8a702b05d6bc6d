"""Calls in real browsers through the real server: pictures are decoded and sound comes on every side."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, expect

from rooms.core.ids import new_id
from rooms.meetings.tables import call_outcomes, calls
from rooms.people.tables import reports
from tests.browser.callers import (
    MEDIA,
    STAFF,
    all_connected,
    at_the_door,
    call_of,
    flowing,
    join,
    links,
    meeting_at_booth,
    menu,
    until_links,
)
from tests.browser.conftest import DESKTOP, PHONE, Venue
from tests.support.chromium import accessibility_faults, running_chromium

# What tells one negotiation of a link from the next, once it has settled (RFC 8839 §5.4).
FRAGMENT = """() => {
    const [{link}] = document.querySelector("plenary-call").call.monitors.values();
    return link.pc.signalingState === "stable" && /a=ice-ufrag:(\\S+)/.exec(link.pc.currentLocalDescription.sdp)[1];
}"""
RENEGOTIATE = """() => {
    const [{link}] = document.querySelector("plenary-call").call.monitors.values();
    link.pc.restartIce();
}"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


async def test_two_talk_from_the_first_picture_to_the_outcome(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    theirs = visitor.locator(".tile", has_text="Colleague")
    await expect(theirs.locator("video")).to_be_visible()

    # The same six digits on both sides.
    [seen] = await until_links(visitor, lambda known: known[0]["code"] != "")
    [shown] = await until_links(staff, lambda known: known[0]["code"] != "")
    assert (seen["code"], len(seen["code"])) == (shown["code"], 6)
    await menu(visitor, "Safety code")
    await expect(visitor.locator(".call-code")).to_have_text(f"{seen['code'][:3]} {seen['code'][3:]}")
    await visitor.keyboard.press("Escape")

    # Mute, camera and hand are sent, not guessed; keys do the same as the buttons.
    await staff.get_by_role("button", name="Microphone").click()
    await expect(theirs.get_by_text("Microphone off")).to_be_attached()
    await staff.get_by_role("button", name="Camera").click()
    await expect(theirs.locator("video")).to_have_count(0)
    await staff.keyboard.press("h")
    await expect(theirs.get_by_text("Colleague has raised a hand")).to_be_attached()
    await staff.keyboard.press("v")
    await expect(theirs.locator("video")).to_be_visible()
    await menu(staff, "Put on hold")
    await expect(theirs.get_by_text("On hold")).to_be_visible()
    await menu(staff, "Come back from hold")
    await expect(theirs.get_by_text("On hold")).to_have_count(0)

    # Chat beside, and a look at what the other writes while it is closed.
    await staff.get_by_role("textbox", name="Your message").fill("Here is the address")
    await staff.get_by_role("textbox", name="Your message").press("Enter")
    await expect(visitor.get_by_role("log").get_by_text("Here is the address")).to_be_visible()

    # A support file, without addresses.
    await menu(visitor, "Support file")
    async with visitor.expect_download() as saving:
        await visitor.get_by_role("button", name="Save the file").click()
    bundle = json.loads((await (await saving.value).path()).read_text())
    assert bundle["links"][0]["state"] == "connected"
    assert len(bundle["links"][0]["stats"]) > 10
    assert not [each for each in bundle["links"][0]["stats"] if "address" in each or "ip" in each]

    await visitor.get_by_role("button", name="Leave the call").click()
    await expect(visitor.get_by_role("heading", name="You have left the call")).to_be_focused()
    await expect(staff.locator(".tile-alone")).to_have_text("Attendee has left.")
    await visitor.get_by_text("Yes, we talked").click()
    await visitor.get_by_role("radio", name="4 stars").check(force=True)
    await visitor.get_by_label("A private note").fill("Send the prices")
    await visitor.get_by_role("button", name="Save").click()
    await expect(visitor.get_by_text("The call took place.")).to_be_visible()
    async with venue.world.engine.database.read() as connection:
        columns = (call_outcomes.c.outcome, call_outcomes.c.rating, call_outcomes.c.note)
        where = call_outcomes.c.person == venue.world.people["attendee"]
        assert (await connection.execute(sa.select(*columns).where(where))).one() == ("held", 4, "Send the prices")


async def test_four_talk_and_a_fifth_learns_why_they_cannot_join(venue: Venue) -> None:
    everybody = ("attendee", STAFF, "other", "speaker")
    path = await meeting_at_booth(venue, *everybody, "moderator")
    pages = await call_of(venue, path, *everybody)
    assert [len(await links(page)) for page in pages] == [3, 3, 3, 3]
    fifth = await at_the_door(venue, "moderator", path)
    await fifth.get_by_role("button", name="Join the call").click()
    await expect(fifth.get_by_role("heading", name="You cannot join now")).to_be_visible()
    await expect(fifth.locator(".call-end")).to_contain_text("4")
    await expect(fifth.get_by_role("textbox", name="Your message")).to_be_visible()
    # A place becomes free.
    await pages[3].get_by_role("button", name="Leave the call").click()
    await expect(pages[0].locator(".call-people .tile")).to_have_count(3)
    await fifth.locator(".call-end .button-primary").click()
    await all_connected([*pages[:3], fifth])


async def test_fifty_times_both_renegotiate_at_once(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    pages = await call_of(venue, path, "attendee", STAFF)
    for _ in range(50):
        before = [await page.evaluate(FRAGMENT) for page in pages]
        await asyncio.gather(*(page.evaluate(RENEGOTIATE) for page in pages))
        for page, old in zip(pages, before, strict=True):
            await page.wait_for_function(
                f"(old) => {{ const now = ({FRAGMENT})(); return now && now !== old; }}", arg=old
            )
    said = [(await links(page))[0] for page in pages]
    assert any("two offers met" in line for each in said for line in each["log"]), "they never met: the premise"
    assert [(each["state"], each["gen"]) for each in said] == [("connected", 1), ("connected", 1)]
    await asyncio.gather(*(flowing(page, 60) for page in pages))


async def test_after_a_reload_a_participant_is_back_in_their_place(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    [before] = await links(staff)
    for page in (visitor, staff):
        await page.reload()
        await page.wait_for_selector(".call")
        await all_connected([visitor, staff])
    [after] = await links(staff)
    assert after["peer"] == before["peer"]
    assert after["gen"] > before["gen"]

    # The same person in another window: the call goes on there.
    again = await join(await at_the_door(venue, "attendee", path))
    await expect(visitor.get_by_role("heading", name="The call continues elsewhere")).to_be_visible()
    await all_connected([again, staff])


async def test_a_colleague_comes_and_a_screen_is_shared_without_a_new_connection(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF, staff=(STAFF, "organiser"))
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    [before] = await links(visitor)
    desk = (await venue.window_of("organiser")).page
    await desk.goto(f"/c/{venue.slug}")
    await menu(staff, "People")
    await staff.get_by_role("listitem").filter(has_text="Organiser").get_by_role("button", name="Bring in").click()
    await expect(staff.get_by_text("Your colleague has been notified")).to_be_visible()
    await staff.keyboard.press("Escape")
    colleague = await join(await at_the_door(venue, "organiser", path))
    await all_connected([visitor, staff, colleague])
    known = {each["peer"]: each for each in await links(visitor)}
    assert (known[before["peer"]]["ufrag"], known[before["peer"]]["gen"]) == (before["ufrag"], 1)

    await visitor.get_by_role("button", name="Share the screen").click()
    for page in (staff, colleague):
        await expect(page.locator(".tile-screen")).to_contain_text("Screen of Attendee")
        await until_links(page, lambda links: max(each["screen"] for each in links) > 0)
    # It survives a negotiation, beside the camera.
    await visitor.evaluate(
        "for (const {link} of document.querySelector('plenary-call').call.monitors.values()) link.restart('test')"
    )
    [shown] = [each["screen"] for each in await links(staff) if each["screen"]]
    await until_links(staff, lambda links: max(each["screen"] for each in links) > shown)
    await flowing(staff)
    await visitor.get_by_role("button", name="Share the screen").click()
    await expect(staff.locator(".tile-screen")).to_have_count(0)


async def test_the_remaining_time_is_shown_and_either_may_extend_it(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    await expect(visitor.get_by_role("timer")).to_contain_text("left")
    await expect(visitor.get_by_role("button", name="5 more minutes")).to_have_count(0)
    # The state a minute before the end.
    async with venue.world.engine.database.write() as connection:
        ends_at = venue.world.clock() + timedelta(minutes=1)
        await connection.execute(
            calls.update().where(calls.c.meeting == path.rpartition("/")[2]).values(ends_at=ends_at)
        )
    await staff.get_by_role("button", name="Raise the hand").click()
    for page in (visitor, staff):
        await expect(page.get_by_role("button", name="5 more minutes")).to_be_visible()
    await visitor.get_by_role("button", name="5 more minutes").click()
    for page in (staff, visitor):
        await expect(page.get_by_role("button", name="5 more minutes")).to_have_count(0)
        await expect(page.get_by_role("timer")).to_contain_text("5:")


async def test_report_and_block_in_the_call(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor, staff = await call_of(venue, path, "attendee", STAFF)
    organisers = [(await venue.window_of("organiser", viewport=size)).page for size in (DESKTOP, PHONE)]
    for page in organisers:
        await page.goto(f"/c/{venue.slug}/organise/people")
        await expect(page.get_by_text("open report")).to_have_count(0)
    await menu(visitor, "Report a person")
    await visitor.get_by_label("What happened").fill("Shouts")
    await visitor.get_by_label("Block the person, too").check()
    await visitor.get_by_role("button", name="Report", exact=True).click()
    await expect(visitor.get_by_text("The organisers have been notified")).to_be_visible()
    await expect(staff.locator(".call")).to_have_count(0)
    await until_links(visitor, lambda known: known == [])
    # It reaches the organisers wherever they are, and stays until one of them has seen to it.
    for page in organisers:
        await expect(page.locator("header .count:visible").first).to_have_text("11 open report")
        await expect(page.get_by_text("Someone has been reported to the organisers.").first).to_be_visible()
        assert await accessibility_faults(page) == []
    await organisers[0].get_by_role("button", name="Go there").click()
    await organisers[1].goto(f"/c/{venue.slug}/organise/reports")
    for page in organisers:
        await expect(page.locator(".tabs .count")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await organisers[0].get_by_role("button", name="Mark as handled").click()
    for page in organisers:
        await expect(page.locator("header .count")).to_have_count(0)
    async with venue.world.engine.database.read() as connection:
        here = sa.select(reports.c.text).where(reports.c.conference == venue.world.conference)
        assert (await connection.execute(here)).scalars().all() == ["Shouts"]


async def test_after_one_check_the_next_call_takes_one_click(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    visitor = await join(await at_the_door(venue, "attendee", path))
    await visitor.get_by_role("button", name="Camera").click()
    await visitor.get_by_role("button", name="Leave the call").click()
    await expect(visitor.get_by_role("heading", name="You have left the call")).to_be_visible()
    await visitor.goto("/account")
    await visitor.goto(f"{path}#join")
    await visitor.wait_for_selector(".call")
    await expect(visitor.locator(".tile-self video")).to_have_count(0)  # as it was left


async def test_no_camera_no_microphone_and_no_javascript(venue: Venue) -> None:
    path = await meeting_at_booth(venue, "attendee", STAFF)
    window = await venue.window_of("attendee")
    refuse = """navigator.mediaDevices.getUserMedia = async ({audio}) => {
        throw new DOMException("", audio ? "NotFoundError" : "NotAllowedError");
    };"""
    await window.context.add_init_script(refuse)
    await window.page.goto(path)
    camera = window.page.locator(".check-item", has_text="Camera")
    await expect(camera).to_contain_text("The browser was not allowed to use the camera.")
    await expect(camera).to_contain_text("Select the icon next to the page address")
    await expect(window.page.locator(".check-item", has_text="Microphone")).to_contain_text("No microphone was found.")
    await expect(window.page.locator(".check-item", has_text="Network")).to_contain_text("only direct connections")
    await window.page.get_by_role("button", name="Join without camera and microphone").click()
    await window.page.wait_for_selector(".call")
    staff = await join(await at_the_door(venue, STAFF, path))
    await until_links(window.page, lambda known: len(known) == 1 and known[0]["camera"] > 0 and known[0]["sound"] > 0)
    await expect(staff.locator(".tile", has_text="Attendee").get_by_text("Microphone off")).to_be_attached()

    plain = (await venue.window_of("attendee", java_script_enabled=False)).page
    await plain.goto(path)
    await expect(plain.get_by_text("this page needs JavaScript")).to_be_visible()
    text = f"By post {new_id()[:6]}"
    await plain.get_by_role("textbox", name="Your message").fill(text)
    await plain.get_by_role("button", name="Send").click()
    await expect(staff.get_by_role("log").get_by_text(text)).to_be_visible()

"""Narrow columns and narrow windows: no short word is broken, and nothing that one needs is out of sight."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.profile import create
from rooms.programme.actions import create_session
from tests.browser.conftest import DESKTOP, PHONE, Venue
from tests.support.cooperation import interested

BROKEN = """() => [...document.querySelectorAll(
        "main :is(button, .button, .badge, .tab, .label-chip, .figures dd, .numbers, summary, th[scope=col])")]
    .filter(each => each.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}))
    .flatMap(each => {
        const broken = [], walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
        for (let node; (node = walker.nextNode()); )
            for (const {0: word, index} of node.data.matchAll(/[A-Za-z]{2,}/g)) {
                const range = document.createRange();
                range.setStart(node, index);
                range.setEnd(node, index + word.length);
                if (new Set([...range.getClientRects()].map(({top}) => Math.round(top))).size > 1) broken.push(word);
            }
        return broken;
    })"""
"""Words of short labels and numbers that wrap onto two lines."""


async def page_of(venue: Venue, who: str, path: str, viewport: dict[str, int]) -> Page:
    page = (await venue.window_of(who, viewport=viewport)).page
    await page.goto(path)
    await page.wait_for_selector("html.alive")
    return page


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_no_short_word_is_broken(venue: Venue, viewport: dict[str, int]) -> None:
    await venue.ask("Who is there?", "speaker")
    conference = f"/c/{venue.slug}"
    ends = [
        "",
        "/programme",
        "/exhibition",
        "/organise",
        "/organise/programme",
        "/organise/people",
        "/organise/exhibitors",
    ]
    page = await page_of(venue, "organiser", conference, viewport)
    for path in [*(conference + end for end in ends), venue.session, f"{venue.session}/moderate"]:
        await page.goto(path)
        await page.wait_for_selector("html.alive")
        assert await page.evaluate(BROKEN) == [], path


async def test_roles_in_the_console_stay_words(venue: Venue) -> None:
    page = await page_of(venue, "organiser", f"{venue.session}/moderate", DESKTOP)
    await page.get_by_role("tab", name="People").or_(page.get_by_role("button", name="People")).first.click()
    await expect(page.locator(".moderated-person").first).to_be_visible()
    assert await page.evaluate(BROKEN) == []


async def test_the_organisers_programme_shows_state_and_menu_on_a_phone(venue: Venue) -> None:
    start = venue.world.clock()
    times = {"starts_at": start + timedelta(hours=3), "ends_at": start + timedelta(hours=4), "now": start}
    title = "A very long title of a session that needs some lines on a phone"
    async with venue.world.engine.database.write() as connection:
        await create_session(
            connection, venue.world.conference, title=title, place="The great hall on the second floor", **times
        )
    page = await page_of(venue, "organiser", f"/c/{venue.slug}/organise/programme", PHONE)
    row = page.get_by_role("row").filter(has_text=title)
    await row.scroll_into_view_if_needed()
    for each in (row.get_by_text(title, exact=True), row.get_by_text("Scheduled"), row.locator("summary")):
        await expect(each).to_be_in_viewport(ratio=1)
    await row.locator("summary").click()
    await expect(row.get_by_role("link", name="Cancel the session")).to_be_in_viewport(ratio=1)


async def test_messages_on_a_phone_cover_nothing_where_one_writes(venue: Venue) -> None:
    page = await page_of(venue, "attendee", venue.session, PHONE)
    await page.evaluate("""() => {
        const notices = document.createElement("div");
        notices.className = "notices";
        notices.innerHTML = ["One", "Two", "Three"].map(text => `<div class="notice">${text}</div>`).join("");
        document.querySelector("main").append(notices);
        const toasts = document.querySelector("plenary-toasts");
        toasts.remove();
        document.body.append(toasts);
    }""")
    toast = page.locator(".toast").filter(visible=True)
    await expect(toast).to_have_count(1)
    await expect(toast).to_contain_text("Three")
    box = await toast.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"] / 4, "at the top; one writes at the foot"


async def test_a_countdown_is_no_time_of_day(venue: Venue) -> None:
    start = venue.world.clock()
    times = {"starts_at": start + timedelta(minutes=10), "ends_at": start + timedelta(hours=1), "now": start}
    async with venue.world.engine.database.write() as connection:
        await create_session(connection, venue.world.conference, title="Soon", **times)
    page = await page_of(venue, "attendee", f"/c/{venue.slug}", PHONE)
    await expect(page.locator("plenary-countdown")).to_contain_text("Begins in")


async def test_the_answers_to_a_contact_request_fit_a_phone(venue: Venue) -> None:
    world = venue.world
    async with world.engine.database.write() as connection:
        world.organisation = await create(connection, world.conference, {"name": "Lumen"})
        await members.add(
            connection, world.organisation, world.people["colleague"], OrganisationRole.OWNER, world.clock()
        )
    world.people["staff"] = world.people["colleague"]
    await interested(world)
    page = await page_of(venue, "colleague", f"/c/{venue.slug}/cooperation/requests", PHONE)
    card = await page.locator("article.card").bounding_box()
    reason = await page.get_by_label("Reason for declining").bounding_box()
    assert card is not None
    assert reason is not None
    assert reason["x"] + reason["width"] <= card["x"] + card["width"]

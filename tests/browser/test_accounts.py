"""Coming in, one's account and the organiser's pages, in a real browser: at every width, light and dark, with and without JavaScript."""

import re

import pytest
from playwright.async_api import Page, expect

from rooms.people import signins
from rooms.people.messages import SilencePerson
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults

OPEN = ["/sign-in?next={session}", "/sign-up", "/sign-in/forgotten"]
OWN = ["/account"]
ORGANISED = [f"/c/{{slug}}/organise/{page}" for page in ("people", "reports", "settings", "audit")]


async def faults_of(page: Page, path: str) -> list[str]:
    await page.goto(path)
    await page.evaluate("document.getAnimations().forEach((each) => each.cancel())")
    found = [f"{path}: {fault}" for fault in await accessibility_faults(page)]
    width = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{path}: {width} px too wide"] if width > 0 else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
async def test_every_page_is_open_to_everybody(venue: Venue, scheme: str, viewport: dict[str, int]) -> None:
    await venue.world.do("moderator", SilencePerson(venue.world.people["other"], 60, "Shouting all the time"))
    found: list[str] = []
    for who, paths in ((None, OPEN), ("organiser", OWN + ORGANISED)):
        window = await venue.window_of(who, color_scheme=scheme, viewport=viewport)
        for path in paths:
            found += await faults_of(window.page, path.format(session=venue.session, slug=venue.slug))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
async def test_a_guest_enters_and_asks(venue: Venue, javascript: bool) -> None:
    page = (await venue.window_of(None, java_script_enabled=javascript)).page
    await page.goto(f"/sign-in?next={venue.session}")
    await page.get_by_label("Your name").fill("Bo from Oslo")
    await page.get_by_role("button", name="Enter as a guest").click()
    await page.wait_for_url(f"**{venue.session}")
    await page.goto("/account")
    await expect(page.get_by_text("You are here as a guest.")).to_be_visible()
    await expect(page.get_by_label("Your name")).to_have_value("Bo from Oslo")


async def test_an_invitation_is_made_copied_and_accepted(venue: Venue) -> None:
    organiser = (await venue.window_of("organiser")).page
    await organiser.goto(f"/c/{venue.slug}/organise/people")
    form = organiser.locator("form", has=organiser.get_by_role("heading", name="Invite by a link"))
    await form.get_by_label("Role").select_option("moderator")
    await form.get_by_label("Where").select_option(label="Opening")
    await form.get_by_role("button", name="Create link").click()
    link = await organiser.get_by_label("Link of the invitation").input_value()

    guest = (await venue.window_of(None)).page
    await guest.goto(link)
    await guest.get_by_label("Your name").fill("Mo Derator")
    await guest.get_by_role("button", name="Accept as a guest").click()
    await expect(guest).to_have_url(re.compile(r"/moderate$"))

    await organiser.reload()
    await organiser.goto(f"/c/{venue.slug}/organise/people")
    row = organiser.get_by_role("row", name=re.compile("Mo Derator"))
    await expect(row).to_contain_text("moderator")
    await row.get_by_role("button", name=re.compile("Remove role")).click()
    await expect(row).to_have_count(0)


async def test_the_chosen_language_and_colours_stay(venue: Venue) -> None:
    page = (await venue.window_of("attendee", color_scheme="light")).page
    await page.goto("/account")
    await page.locator("summary", has_text="Language, colours, time zone").click()
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.locator("summary", has_text="Language, colours, time zone").click()
    await page.get_by_role("button", name="简体中文").click()
    await expect(page.get_by_role("heading", name="账号", exact=True)).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_a_device_that_is_signed_out_elsewhere_learns_of_it_at_once(venue: Venue) -> None:
    page = await venue.enter("attendee")
    here = (await venue.window_of("attendee")).page
    await here.goto("/account")
    await here.get_by_role("button", name="Sign out everywhere else").click()
    await expect(here.get_by_text("You are signed out everywhere else.")).to_be_visible()
    await expect(page.get_by_text("You have been signed out")).to_be_visible(timeout=5000)
    async with venue.world.engine.database.read() as connection:
        assert len(await signins.active(connection, venue.world.people["attendee"], venue.world.clock())) == 1

"""Logos, brochures and films in real browsers: an owner brings them, a visitor takes them."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from tests.browser.conftest import DESKTOP, PHONE, Venue
from tests.support import files as made
from tests.support.chromium import accessibility_faults

Bring = Callable[[str, str, bytes], Awaitable[None]]


@pytest.fixture
async def booth(venue: Venue) -> str:
    """The path of a booth that the colleague owns."""
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Hall 1")
        id, world.stand = await make_booth(connection, world.conference, hall, {"name": "Lumen"}, open=True)
        await set_duty(connection, id, world.people["colleague"], Duty.OWNER, world.clock())
    return f"/c/{venue.slug}/exhibition/{id}"


async def enter(venue: Venue, who: str | None, path: str, **options: object) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    return page


async def choose(page: Page, label: str, name: str, data: bytes, button: str) -> None:
    await page.get_by_label(label).set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
    await page.get_by_role("button", name=button).click()


async def test_an_owner_brings_a_logo_and_a_brochure_and_a_visitor_takes_it(
    venue: Venue, booth: str, tmp_path: Path
) -> None:
    visitor = await enter(venue, "attendee", f"/c/{venue.slug}/exhibition")
    await visitor.get_by_role("link", name="Hall 1").click()
    await visitor.wait_for_selector("plenary-hall h2")
    assert await visitor.locator("plenary-hall img").count() == 0
    owner = await enter(venue, "colleague", f"{booth}/files")
    await choose(owner, "Choose a picture", "logo.png", made.picture(size=(900, 600)), "Add the logo")
    await expect(owner.get_by_role("button", name="Replace the logo")).to_be_visible()
    await expect(visitor.locator("plenary-hall img")).to_be_visible()
    assert (
        await visitor.locator("plenary-hall img").evaluate("image => image.decode().then(() => image.naturalWidth)")
        == 512
    )
    await choose(owner, "Choose a brochure", "Our lamps.pdf", made.pdf(), "Add the brochure")
    await expect(owner.get_by_text("0 downloads")).to_be_visible()
    await visitor.goto(booth)
    async with visitor.expect_download() as downloading:
        await visitor.get_by_role("link", name="Our lamps").click()
    download = await downloading.value
    assert download.suggested_filename == "Our lamps.pdf"
    await download.save_as(tmp_path / "taken")
    assert (tmp_path / "taken").read_bytes() == made.pdf()
    await owner.reload()
    await expect(owner.get_by_text("1 download")).to_be_visible()
    await expect(owner.get_by_text("Shared their name")).to_be_hidden()
    await visitor.get_by_role("button", name="Yes, share my name").click()
    await expect(visitor.get_by_text("The staff can see your name with your downloads.")).to_be_visible()
    await choose(owner, "Choose a brochure", "Prices.pdf", made.pdf(), "Add the brochure")
    async with visitor.expect_download():
        await visitor.get_by_role("link", name="Prices").click()
    await expect(owner.get_by_text("0 downloads")).to_be_visible()
    await owner.reload()
    await expect(owner.get_by_text("Shared their name")).to_be_visible()


async def test_why_a_file_is_not_taken_is_said_where_it_was_chosen(venue: Venue, booth: str) -> None:
    window = await venue.window_of("colleague")
    owner = window.page
    await owner.goto(f"{booth}/files")
    await choose(owner, "Choose a picture", "logo.png", made.SVG, "Add the logo")
    await expect(owner.get_by_role("alert")).to_have_text("A logo is a PNG, JPEG or WebP picture.")
    await choose(owner, "Choose a picture", "logo.png", made.picture() + bytes(5_000_000), "Add the logo")
    await expect(owner.get_by_role("alert")).to_have_text("This file is too large. The limit is 5 MB.")
    await choose(owner, "Choose a picture", "logo.png", made.picture(), "Add the logo")
    await expect(owner.get_by_role("button", name="Replace the logo")).to_be_visible()
    window.faults[:] = [fault for fault in window.faults if "422" not in fault]


async def test_all_of_it_without_javascript(venue: Venue, booth: str) -> None:
    owner = await enter(venue, "colleague", f"{booth}/files", java_script_enabled=False)
    await choose(owner, "Choose a brochure", "lamps.pdf", made.pdf(), "Add the brochure")
    await expect(owner.get_by_text("Brochure added.")).to_be_visible()
    await choose(owner, "Choose a video", "film.mp4", made.mp4(), "Add the video")
    await owner.get_by_role("listitem").filter(has_text="lamps").get_by_role("button", name="Remove").click()
    await expect(owner.get_by_text("0 downloads")).to_be_hidden()
    visitor = await enter(venue, None, booth, java_script_enabled=False)
    await expect(visitor.locator("video")).to_be_visible()
    assert await visitor.get_by_role("heading", name="Brochures").count() == 0


async def test_an_opened_file_runs_nothing(venue: Venue, booth: str) -> None:
    """A picture as wide as the window is shown alone in a page without an origin, and a brochure is never shown as a page."""
    owner = await enter(venue, "colleague", f"{booth}/files")
    await choose(owner, "Choose a picture", "logo.html", made.picture() + made.HTML, "Add the logo")
    await expect(owner.get_by_role("button", name="Replace the logo")).to_be_visible()
    address = await owner.locator("img.booth-mark").get_attribute("src")
    window = await venue.window_of("attendee")
    await window.page.goto(address)
    shown = await window.page.evaluate("[document.contentType, self.origin, document.scripts.length]")
    assert shown == ["image/webp", "null", 0]
    # Not even the browser's own frame around a picture may style itself.
    window.faults[:] = [fault for fault in window.faults if "inline style" not in fault]


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESKTOP)])
async def test_nothing_shuts_anybody_out(venue: Venue, booth: str, scheme: str, viewport: dict[str, int]) -> None:
    owner = await enter(venue, "colleague", f"{booth}/files", java_script_enabled=False)
    await choose(owner, "Choose a picture", "logo.png", made.picture(), "Add the logo")
    await choose(owner, "Choose a brochure", "lamps.pdf", made.pdf(), "Add the brochure")
    for who, path in (("colleague", f"{booth}/files"), ("attendee", booth)):
        page = await enter(venue, who, path, color_scheme=scheme, viewport=viewport)
        await page.wait_for_selector("html.alive")
        if who == "colleague":
            await page.get_by_text("Change").click()
        assert await accessibility_faults(page) == [], (who, path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (who, path)

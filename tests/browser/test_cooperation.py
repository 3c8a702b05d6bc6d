"""Project cooperation in real browsers: from an organiser's fields to a document for one reader."""

from playwright.async_api import Page, expect

from rooms.organisations import members
from rooms.organisations.messages import OrganisationRole
from rooms.organisations.profile import create
from rooms.people import accounts
from tests.browser.conftest import PHONE, Venue
from tests.support import files as made
from tests.support.chromium import accessibility_faults


async def enter(venue: Venue, who: str, path: str, **options: object) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    await page.wait_for_selector("html.alive")
    return page


async def test_an_organiser_defines_fields_reviews_with_a_second_look_and_an_owner_chooses_readers(
    venue: Venue,
) -> None:
    world = venue.world
    async with world.engine.database.write() as connection:
        organisation = await create(connection, world.conference, {"name": "Lumen"})
        owner_of = world.people["colleague"]
        await members.add(connection, organisation, owner_of, OrganisationRole.OWNER, world.clock())
        address = (await accounts.get(connection, world.people["moderator"])).email
    here = f"/c/{venue.slug}/cooperation"
    organiser = await enter(venue, "organiser", f"/c/{venue.slug}/organise/cooperation")
    await organiser.get_by_role("link", name="New type").click()
    await organiser.get_by_label("Name, such as “Technology offer”").fill("Technology offer")
    for at, (name, kind) in enumerate((("Readiness", "maturity"), ("Test report", "file"))):
        summary = organiser.locator(".field-of-type").nth(at)
        if await summary.get_attribute("open") is None:
            await summary.locator("summary").click()
        await summary.get_by_label("Name of the field").fill(name)
        await summary.get_by_label("What it holds").select_option(kind)
    assert await accessibility_faults(organiser) == []
    await organiser.get_by_role("button", name="Save the type").click()
    await expect(organiser.get_by_text("The type is saved.")).to_be_visible()

    owner = await enter(venue, "colleague", here)
    await owner.get_by_role("link", name="New entry").click()
    await owner.get_by_role("link", name="Technology offer").click()
    await owner.get_by_label("Title").first.fill("Solar cells")
    await owner.get_by_label("Readiness").select_option("4")
    await owner.get_by_role("button", name="Save the draft").click()
    await owner.get_by_role("link", name="Documents and readers").click()
    await owner.get_by_label("Only readers that your organisation approves").check()
    pdf = {"name": "Measurements.pdf", "mimeType": "application/pdf", "buffer": made.pdf()}
    await owner.locator("input[type=file]").set_input_files(pdf)
    await owner.get_by_role("button", name="Add", exact=True).click()
    await expect(owner.get_by_role("link", name="Measurements")).to_be_visible()
    assert await accessibility_faults(owner) == []
    await owner.get_by_role("link", name="Solar cells").click()
    await owner.get_by_role("button", name="Ask for approval").click()
    await expect(owner.get_by_text("Asks for approval")).to_be_visible()
    entry = owner.url

    await organiser.goto(entry)
    await organiser.get_by_label("Email address or name").fill(address or "")
    await organiser.get_by_role("button", name="Search").click()
    await organiser.get_by_role("button", name="Ask · Moderator").click()
    await expect(organiser.get_by_text("Not written yet")).to_be_visible()
    reviewer = await enter(venue, "moderator", here, viewport=PHONE)
    await reviewer.get_by_role("link", name="Solar cells").click()
    await reviewer.get_by_label("Your reasons").fill("The measurements are sound.")
    await reviewer.get_by_label("The author can read this").check()
    assert await accessibility_faults(reviewer) == []
    await reviewer.get_by_role("button", name="Send the review").click()
    await expect(reviewer.get_by_role("button", name="Change the review")).to_be_visible()
    await owner.goto(entry)
    await expect(owner.get_by_text("The measurements are sound.")).to_be_visible()
    await organiser.goto(entry)
    await expect(organiser.get_by_text("The measurements are sound.")).to_be_visible()
    assert await accessibility_faults(organiser) == []
    await organiser.get_by_role("button", name="Approve and publish").click()
    await expect(organiser.get_by_text("Published")).to_be_visible()

    reader = await enter(venue, "attendee", entry)
    await expect(reader.get_by_text("Only for readers that the organisation approves")).to_be_visible()
    await reader.get_by_label("Why you would like to read them").fill("We test such cells.")
    await reader.get_by_role("button", name="Ask for the documents").click()
    await expect(reader.get_by_text("You have asked for these documents.")).to_be_visible()
    await owner.goto(entry)
    await owner.get_by_role("link", name="Documents and readers").click()
    await owner.get_by_role("button", name="Approve · Attendee").click()
    await expect(owner.get_by_text("Can read them")).to_be_visible()
    await reader.reload()
    async with reader.expect_download() as download:
        await reader.get_by_role("link", name="Measurements").click()
    assert (await download.value).suggested_filename == "Measurements.pdf"
    document = await reader.get_by_role("link", name="Measurements").get_attribute("href")
    await owner.get_by_role("button", name="End the access · Attendee").click()
    await expect(owner.get_by_text("Refused", exact=True)).to_be_visible()
    await reader.reload()
    await expect(reader.get_by_text("The organisation does not share these documents with you.")).to_be_visible()
    gone = await reader.request.get(document or "")
    assert gone.status == 404

"""Contacts in real browsers: two attendees exchange them with a code that one shows and the other opens."""

from playwright.async_api import expect

from tests.browser.conftest import PHONE, Venue
from tests.support.chromium import accessibility_faults
from tests.support.contacts import edit_card


async def test_two_attendees_exchange_contacts_with_a_code(venue: Venue) -> None:
    await edit_card(venue.world, "speaker")
    shows = (await venue.window_of("speaker", viewport=PHONE)).page
    await shows.goto(f"/c/{venue.slug}/contact-code")
    await shows.get_by_label("Telephone").check()
    await shows.get_by_role("button", name="Make a code for this").click()
    await expect(shows.get_by_text("They get: name, email address, telephone")).to_be_visible()
    await expect(shows.get_by_role("img", name="QR code of")).to_be_visible()
    assert await accessibility_faults(shows) == []
    await shows.get_by_text("The address of the code").click()
    address = (await shows.locator(".sign-address").inner_text()).strip()

    opens = (await venue.window_of("attendee", viewport=PHONE)).page
    await opens.goto(address)
    await expect(opens.get_by_text("You get: name, email address, telephone")).to_be_visible()
    await expect(opens.get_by_text("+46 8 123")).not_to_be_visible()
    assert await accessibility_faults(opens) == []
    await opens.get_by_role("button", name="Agree").click()
    await expect(opens.get_by_role("link", name="+46 8 123")).to_be_visible()
    await expect(shows.get_by_text("You and Attendee are in contact now.")).to_be_visible()
    await shows.goto("/contacts")
    await expect(shows.get_by_role("link", name="@example.org")).to_be_visible()
    assert await accessibility_faults(shows) == []
    await shows.get_by_role("button", name="Remove · Attendee").click()
    await opens.reload()
    await expect(opens.get_by_role("link", name="+46 8 123")).to_have_count(0)

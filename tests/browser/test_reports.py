"""Attendees report a message and a question; the organisers read what was said, and remove it."""

from playwright.async_api import Page, expect

from rooms.chat.messages import PostMessage
from tests.browser.conftest import PHONE, Venue


async def report(page: Page, reason: str, comment: str) -> None:
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label(reason).check()
    await dialog.get_by_label("Comment (optional)").fill(comment)
    await dialog.get_by_role("button", name="Report", exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".toast").last).to_contain_text("The organisers have been notified")


async def test_a_message_and_a_question_are_reported_by_keyboard(venue: Venue) -> None:
    """users.md 30: attendees could not report either."""
    await venue.world.do("other", PostMessage("Buy cheap watches"))
    await venue.approved("Why are you all so stupid?", "other")
    own = await venue.approved("Is this mine?")
    page = await venue.enter("attendee")
    await expect(page.get_by_role("button", name="Report the question: Is this mine?")).to_have_count(0)
    await expect(page.locator(f"#question-{own}")).to_be_visible()
    button = page.get_by_role("button", name="Report the question: Why are you all so stupid?")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Report a question")).to_contain_text("Why are you all so stupid?")
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    await report(page, "Harassment", "This insults everyone here.")
    await page.get_by_role("button", name="Report the message: Buy cheap watches").focus()
    await page.keyboard.press("Enter")
    await report(page, "Spam or unwanted selling", "")

    organiser = (await venue.window_of("organiser")).page
    await organiser.goto(f"/c/{venue.slug}/organise/reports")
    await expect(organiser.locator(".card blockquote")).to_have_text(
        ["Buy cheap watches", "Why are you all so stupid?"]
    )
    await organiser.get_by_role("button", name="Remove the message").click()
    await organiser.get_by_role("button", name="Dismiss the question").click()
    await expect(organiser.get_by_text("It is no longer shown.")).to_have_count(2)
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.locator("plenary-questions .question")).to_have_count(1)


async def test_reporting_the_same_message_twice_is_refused_in_the_dialog(venue: Venue) -> None:
    await venue.world.do("other", PostMessage("Buy cheap watches"))
    page = await venue.enter("attendee", viewport=PHONE, has_touch=True, is_mobile=True)
    await page.get_by_role("tab", name="Chat").click()
    button = page.get_by_role("button", name="Report the message: Buy cheap watches")
    await button.click()
    await report(page, "Something else", "No.")
    await button.click()
    await page.get_by_role("dialog").get_by_role("button", name="Report", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("You have reported this already.")


async def test_on_a_phone_the_buttons_of_a_message_cover_no_text(venue: Venue) -> None:
    await venue.world.do("other", PostMessage("Buy cheap watches, they are really cheap and really good watches"))
    page = await venue.enter("attendee", viewport=PHONE, has_touch=True, is_mobile=True)
    await page.get_by_role("tab", name="Chat").click()
    text = await page.locator(".message .pre").bounding_box()
    button = await page.get_by_role("button", name="Report the message").bounding_box()
    assert text is not None
    assert button is not None
    assert button["x"] >= text["x"] + text["width"]

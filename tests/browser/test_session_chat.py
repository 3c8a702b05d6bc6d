"""The chat of a session in a real browser: messages, slow mode, and what silenced and removed people see."""

from playwright.async_api import expect

from rooms.chat.messages import PostMessage, SetChat
from tests.browser.conftest import PHONE, Venue


async def test_chat_reaches_everyone_and_a_removed_message_goes(venue: Venue) -> None:
    writer = await venue.enter("attendee")
    reader = await venue.enter("other")
    moderator = await venue.enter("moderator", "/moderate")
    await writer.get_by_label("Your message").fill("Good morning from Shenzhen!")
    await writer.keyboard.press("Enter")
    await expect(reader.locator(".message")).to_contain_text("Good morning from Shenzhen!")
    await moderator.get_by_role("tab", name="Chat").click()
    await moderator.locator(".message").hover()
    await moderator.get_by_role("button", name="Remove this message").click()
    await expect(reader.locator(".message")).to_have_count(0)


async def test_earlier_messages_come_when_asked_for(venue: Venue) -> None:
    for number in range(130):
        await venue.world.do("other", PostMessage(f"Message {number}."))
    reader = await venue.enter("attendee")
    await expect(reader.locator(".message")).to_have_count(100)
    await expect(reader.get_by_text("Message 30.", exact=True)).to_have_count(1)
    shown = reader.get_by_text("Message 30.", exact=True)
    await reader.get_by_role("button", name="Earlier messages").focus()
    before = await shown.bounding_box()
    await reader.keyboard.press("Enter")
    await expect(reader.locator(".message")).to_have_count(130)
    await expect(reader.get_by_role("button", name="Earlier messages")).to_have_count(0)
    after = await shown.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 60  # what one read stays in sight: only the button above it has gone


async def test_slow_mode_shows_how_long_one_waits(venue: Venue) -> None:
    await venue.world.do("moderator", SetChat(open=True, slow_seconds=60))
    writer = await venue.enter("attendee")
    await expect(writer.get_by_text("Slow mode: one message every 60 seconds")).to_be_visible()
    await writer.get_by_label("Your message").fill("First")
    await writer.keyboard.press("Enter")
    await expect(writer.get_by_text("Slow mode: you can send again in")).to_be_visible()
    await writer.get_by_label("Your message").fill("Second")
    await writer.keyboard.press("Enter")
    await expect(writer.get_by_label("Your message")).to_have_value("Second")
    await expect(writer.locator(".message")).to_have_count(1)


async def test_unread_messages_are_counted_on_the_tab(venue: Venue) -> None:
    reader = await venue.enter("attendee", viewport=PHONE)
    writer = await venue.enter("other")
    await writer.get_by_label("Your message").fill("Anyone here?")
    await writer.keyboard.press("Enter")
    await expect(reader.get_by_role("tab", name="Chat")).to_contain_text("1 unread")
    await reader.get_by_role("tab", name="Chat").click()
    await expect(reader.locator(".message")).to_contain_text("Anyone here?")
    await expect(reader.get_by_role("tab", name="Chat")).not_to_contain_text("unread")


async def test_a_silenced_person_keeps_their_text_and_learns_why(venue: Venue) -> None:
    await venue.world.do("attendee", PostMessage("Hello"))
    writer = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await writer.get_by_label("Your message").fill("And another thing")
    await moderator.get_by_role("tab", name="People").click()
    await moderator.get_by_role("button", name="Silence or remove Attendee").click()
    await moderator.get_by_role("button", name="5 minutes", exact=True).click()
    await expect(writer.locator(".panel-chat").get_by_text("A moderator has silenced you for a while.")).to_be_visible()
    await moderator.get_by_role("button", name="Lift").click()
    await expect(writer.get_by_label("Your message")).to_have_value("And another thing")


async def test_a_removed_person_sees_why(venue: Venue) -> None:
    await venue.world.do("attendee", PostMessage("Hello"))
    person = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.get_by_role("tab", name="People").click()
    await moderator.get_by_role("button", name="Silence or remove Attendee").click()
    await moderator.get_by_role("button", name="Remove from the session").click()
    await expect(person.locator("body")).to_contain_text("A moderator has removed you.")
    await expect(person.locator(".message")).to_have_count(0)


async def test_on_a_touch_screen_a_message_takes_the_width_beside_its_buttons(venue: Venue) -> None:
    reader = await venue.enter("attendee", viewport=PHONE, has_touch=True, is_mobile=True)
    await reader.get_by_role("tab", name="Chat").tap()
    await reader.get_by_label("Your message").fill("A message of several words that fills the line of a phone")
    await reader.keyboard.press("Enter")
    await expect(reader.locator(".message")).to_have_count(1)
    widths = await reader.locator(".message > div").evaluate_all("divs => divs.map(div => div.offsetWidth)")
    assert widths[0] > 3 * widths[1]

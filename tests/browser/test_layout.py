"""Whatever appears while somebody reads keeps its place, whatever the font of the system."""

import pytest
from playwright.async_api import expect

from rooms.chat.messages import PostMessage
from rooms.forum.questions.messages import AskQuestion, VoteQuestion
from rooms.forum.questions.moderation_messages import PinQuestion, ShowOnScreen, TakeQuestion
from tests.browser.conftest import PHONE, Venue
from tests.browser.layout import shifts, watch_shifts
from tests.support.chromium import NARROW, WIDE


@pytest.mark.parametrize("system_font", ["", WIDE, NARROW])
async def test_nothing_shifts_on_a_phone_in_the_console_or_on_the_stage(venue: Venue) -> None:
    first = await venue.approved("Question 0 that is there from the beginning?", "other")
    second = await venue.approved("Question 1 that is there from the beginning?", "other")
    phone = await venue.enter("attendee", viewport=PHONE)
    console = await venue.enter("colleague", "/moderate")
    speaker = await venue.enter("speaker", "/speak")
    screen = await venue.enter(None, "/screen")
    pages = {"phone": phone, "console": console, "speaker": speaker, "screen": screen}
    for page in pages.values():
        await watch_shifts(page)

    for text in ("Will the slides be published?", "How much does a stand cost?", "Who pays for travel?"):
        await venue.act("other", AskQuestion(text))
        await venue.act("other", PostMessage(text))
    await expect(console.locator(".queue-row", has_text="Who pays for travel?")).to_be_visible()
    for question in (first, second):
        await venue.act("attendee", VoteQuestion(question))
    await venue.act("moderator", PinQuestion(second, (await venue.world.question(second)).version))
    await venue.act("moderator", ShowOnScreen(first))
    await expect(speaker.get_by_text("Pinned").first).to_be_visible()
    early = await shifts(speaker)  # a question that is taken then moves to the speaker's eyes, as it must
    await venue.act("moderator", TakeQuestion(first))
    await expect(phone.locator(".now-strip")).to_contain_text("Question 0")
    await expect(screen.get_by_text("Question 0").first).to_be_visible()

    moved = {name: await shifts(page) for name, page in pages.items()} | {"speaker": early}
    assert [f"{name}: {element}" for name, elements in moved.items() for element in elements] == []

"""Polls from the draft to the big screen, by mouse, by keyboard and without JavaScript."""

import msgspec
from playwright.async_api import Page, expect

from rooms.forum.polls import messages as m
from tests.browser.conftest import PHONE, Venue
from tests.support.chromium import accessibility_faults


async def opened(venue: Venue, kind: m.PollKind, title: str = "Which way?") -> str:
    drafted = await venue.world.do("moderator", m.DraftPoll(kind, title, ["Left", "Right"]))
    poll = msgspec.json.decode(drafted.reply, type=m.Drafted).poll
    await venue.world.do("moderator", m.OpenPoll(poll))
    return poll


def bar(page: Page, option: str) -> str:
    return f".poll-bar:has-text('{option}') .poll-count"


async def test_from_the_draft_to_the_big_screen(venue: Venue) -> None:
    moderator = await venue.enter("moderator", "/moderate")
    attendee, screen = await venue.enter("attendee"), await venue.enter(None, "/screen")
    other, speaker = await venue.enter("other", viewport=PHONE), await venue.enter("speaker", "/speak")
    overlay = await venue.enter(None, "/screen?overlay=1")

    await moderator.get_by_role("tab", name="Polls").click()
    await moderator.get_by_role("button", name="New poll").click()
    await moderator.get_by_label("What do you ask?").fill("Which way?")
    await moderator.get_by_label("Options, one on each line").fill("Left\nRight, then straight on")
    await moderator.get_by_role("button", name="Save as a draft").click()
    await expect(moderator.locator(".moderated-poll .badge").first).to_have_text("Draft")
    await expect(attendee.locator("#panel-polls")).to_contain_text("No polls yet.")

    await moderator.get_by_role("button", name="Open the poll").press("Enter")
    await expect(moderator.get_by_role("button", name="Close the poll")).to_be_focused()
    await moderator.get_by_role("button", name="On the big screen").click()
    await expect(screen.locator(".screen-poll-title")).to_have_text("Which way?")
    for page in (screen, overlay):
        await expect(page.locator(".screen-poll-options li")).to_have_text(["Left", "Right, then straight on"])

    # A person who reads elsewhere gets a notice, and nothing moves under them; one key leads there.
    await expect(attendee.locator("#tab-polls .count-new")).to_contain_text("1")
    await attendee.get_by_role("button", name="Answer", exact=True).click()
    await attendee.get_by_role("radio", name="Right, then straight on").check()
    await attendee.get_by_role("button", name="Send answer").click()
    await expect(attendee.get_by_role("button", name="Change answer")).to_be_visible()
    await expect(attendee.locator("#tab-polls .count-new")).to_have_count(0)
    await other.get_by_role("tab", name="Polls").click()
    await other.get_by_role("radio", name="Left").check()
    await other.get_by_role("button", name="Send answer").click()
    await other.get_by_role("button", name="Take back").click()
    await expect(other.get_by_role("button", name="Send answer")).to_be_focused()
    await other.get_by_role("radio", name="Left").check()
    await other.get_by_role("button", name="Send answer").click()
    await expect(moderator.locator(".poll-voters")).to_have_text("2 answers")
    await expect(moderator.get_by_role("button", name="Edit")).to_have_count(0)
    await expect(speaker.locator(".speaker-next").last).to_contain_text("Which way?")
    for page in (attendee, other, screen, speaker):
        await expect(page.locator(".poll-results")).to_have_count(0)
    for page in (moderator, attendee, other):
        assert await accessibility_faults(page) == []

    await moderator.get_by_role("button", name="Close the poll").click()
    for page in (attendee, other, screen, overlay, speaker):
        await expect(page.locator(bar(page, "Left"))).to_have_text("50 % (1)")
        await expect(page.locator(".poll-voters")).to_have_text("2 answers")
    await expect(attendee.locator(".poll-bar:has-text('Right')")).to_contain_text("Your answer")
    await expect(attendee.locator(".poll-form")).to_have_count(0)
    assert await accessibility_faults(attendee) == []

    await moderator.get_by_role("button", name="Hide the results").click()
    for page in (attendee, screen):
        await expect(page.locator(".poll-results")).to_have_count(0)
    await moderator.get_by_role("button", name="Show the results").click()
    await expect(screen.locator(".poll-results")).to_be_visible()
    await moderator.get_by_role("button", name="Archive", exact=True).click()
    for page in (screen, overlay):
        await expect(page.locator(".screen-poll")).to_have_count(0)
    await expect(attendee.locator("#panel-polls")).to_contain_text("No polls yet.")


async def test_a_text_is_kept_when_it_is_refused_and_hidden_when_it_is_rude(venue: Venue) -> None:
    poll = await opened(venue, m.PollKind.CLOUD, "One word?")
    attendee, moderator = await venue.enter("attendee"), await venue.enter("moderator", "/moderate")
    await attendee.get_by_role("tab", name="Polls").click()
    words = attendee.get_by_label("One word?")
    await words.fill("one, two, three, four")
    await attendee.get_by_role("button", name="Send answer").click()
    await expect(attendee.locator(".field-fault")).to_contain_text("at most 3")
    await expect(words).to_have_value("one, two, three, four")
    await words.fill("Rude, kind")
    await attendee.get_by_role("button", name="Send answer").click()
    await moderator.get_by_role("tab", name="Polls").click()
    await expect(moderator.locator(".poll-word")).to_have_text(["kind 1", "Rude 1"])
    await moderator.get_by_text("Hide or show answers").click()
    await moderator.get_by_role("button", name="Hide “Rude”").click()
    await expect(moderator.get_by_role("button", name="Show “Rude”")).to_be_visible()
    await venue.act("moderator", m.ClosePoll(poll))
    await expect(attendee.locator(".poll-word")).to_have_text(["kind 1"])


async def test_all_of_it_without_javascript(venue: Venue) -> None:
    moderator = await venue.enter("moderator", "/moderate", java_script_enabled=False)
    await moderator.get_by_text("New poll").click()
    await moderator.get_by_label("What do you ask?").fill("Which way?")
    await moderator.get_by_label("Options, one on each line").fill("Left, but slowly\nRight")
    await moderator.get_by_role("button", name="Save as a draft").click()
    await moderator.get_by_role("button", name="Open the poll").click()
    attendee = await venue.enter("attendee", java_script_enabled=False)
    await attendee.get_by_label("Left, but slowly").check()
    await attendee.get_by_role("button", name="Send answer").click()
    await expect(attendee.get_by_label("Left, but slowly")).to_be_checked()
    await attendee.get_by_label("Right").check()
    await attendee.get_by_role("button", name="Change answer").click()
    await expect(attendee.get_by_label("Right")).to_be_checked()
    await expect(attendee.locator(".poll-results")).to_have_count(0)
    await moderator.reload()
    await expect(moderator.locator(bar(moderator, "Right"))).to_have_text("100 % (1)")
    await moderator.get_by_role("button", name="On the big screen").click()
    await moderator.get_by_role("button", name="Close the poll").click()
    await attendee.reload()
    await expect(attendee.locator(bar(attendee, "Right"))).to_have_text("100 % (1)")
    screen = await venue.enter(None, "/screen", java_script_enabled=False)
    await expect(screen.locator(bar(screen, "Left, but slowly"))).to_have_text("0 % (0)")
    overlay = await venue.enter(None, "/screen?overlay=1", java_script_enabled=False)
    await expect(overlay.locator(bar(overlay, "Left, but slowly"))).to_have_text("0 % (0)")

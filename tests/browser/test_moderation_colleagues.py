"""Several moderators at one console: stale writes, claims, and those who become or cease to be a moderator."""

from playwright.async_api import expect

from rooms.core.commands.people import Role
from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.moderation_messages import ClaimQuestion, EditQuestion
from rooms.people.messages import GrantRole, RevokeRole
from tests.browser.conftest import Venue
from tests.browser.console import row, state_of


async def test_a_stale_edit_overwrites_nobody_and_loses_nothing(venue: Venue) -> None:
    question = await venue.ask("Who pays?")
    moderator = await venue.enter("moderator", "/moderate")
    colleague = await venue.enter("colleague", "/moderate")
    await moderator.keyboard.press("e")
    await moderator.get_by_label("The question, edited").fill("Who pays for it in the end?")

    await colleague.keyboard.press("e")
    await colleague.get_by_label("The question, edited").fill("Who pays for the programme?")
    await colleague.keyboard.press("Control+Enter")

    await expect(moderator.get_by_text("Colleague has changed this question")).to_be_visible()
    await expect(moderator.get_by_text("Who pays for the programme?").first).to_be_visible()
    await expect(moderator.get_by_label("The question, edited")).to_have_value("Who pays for it in the end?")
    assert (await venue.world.question(question)).text == "Who pays for the programme?"

    await moderator.get_by_role("button", name="Save my version").click()
    await expect(moderator.locator(".inquest-text")).to_have_text("Who pays for it in the end?")


async def test_a_stale_keystroke_is_refused_with_the_present_state(venue: Venue) -> None:
    question = await venue.ask("Who decides?")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(row(moderator, "Who decides?")).to_be_visible()
    # The colleague works through another process, whose news is on its way while the key is pressed.
    await venue.world.do("colleague", EditQuestion(question, 1, "Who decides in the end?"))
    await moderator.keyboard.press("a")
    await expect(moderator.locator(".inquest-note")).to_contain_text("Colleague has changed this question")
    assert await state_of(venue, question) is QuestionState.PENDING
    await expect(moderator.locator(".inquest-text")).to_have_text("Who decides in the end?", timeout=10_000)


async def test_a_colleagues_claim_is_seen_and_moves_nothing(venue: Venue) -> None:
    for text in ("First?", "Second?", "Third?"):
        await venue.ask(text)
    moderator = await venue.enter("moderator", "/moderate")
    colleague = await venue.enter("colleague", "/moderate")
    await moderator.keyboard.press("j")
    await expect(row(moderator, "Second?")).to_be_focused()
    await expect(row(colleague, "First?")).to_have_attribute("aria-selected", "true")

    await colleague.keyboard.press("c")
    await expect(row(moderator, "First?")).to_contain_text("Colleague is working on it")
    await colleague.keyboard.press("a")
    await expect(row(moderator, "First?")).to_have_count(0)
    await expect(row(moderator, "Second?")).to_be_focused()


async def test_the_chosen_question_stays_when_a_colleague_deals_with_it(venue: Venue) -> None:
    await venue.ask("Mine or yours?")
    await venue.ask("Next?")
    moderator = await venue.enter("moderator", "/moderate")
    colleague = await venue.enter("colleague", "/moderate")
    await expect(row(moderator, "Mine or yours?")).to_have_attribute("aria-selected", "true")
    await colleague.keyboard.press("a")
    await expect(moderator.locator(".inquest-note")).to_have_text("Colleague has approved this.")
    await expect(row(moderator, "Mine or yours?")).to_contain_text("Approved")
    await moderator.keyboard.press("j")
    await expect(row(moderator, "Next?")).to_be_focused()
    await expect(row(moderator, "Mine or yours?")).to_have_count(0)


async def test_a_moderator_who_is_none_any_more_loses_the_console(venue: Venue) -> None:
    await venue.ask("Still there?")
    colleague = await venue.enter("colleague", "/moderate")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(row(moderator, "Still there?")).to_be_visible()
    organiser = await venue.enter("organiser", "/moderate")
    await organiser.get_by_role("tab", name="People").click()
    entry = organiser.locator(".moderated-person", has_text="Moderator").first
    await entry.get_by_role("button", name="Roles").click()
    await entry.get_by_role("button", name="Moderator", exact=True).click()
    await expect(moderator.locator("body")).to_contain_text("You are no longer a moderator here.")
    await expect(moderator.locator(".queue-row")).to_have_count(0)
    await expect(row(colleague, "Still there?")).to_be_visible()


async def test_a_new_moderator_is_led_to_the_console(venue: Venue) -> None:
    other = await venue.enter("other")
    await expect(other.locator("plenary-doors a")).to_have_count(0)
    granted = GrantRole(venue.world.people["other"], Role.MODERATOR)
    await venue.act("organiser", granted)
    await expect(other.locator(".shell-tools").get_by_role("link", name="Moderate")).to_be_visible()
    await venue.act("organiser", RevokeRole(venue.world.people["other"], Role.MODERATOR))
    await expect(other.locator("plenary-doors a")).to_have_count(0)


async def test_claiming_and_releasing_can_be_undone(venue: Venue) -> None:
    question = await venue.ask("Whose?")
    await venue.world.do("moderator", ClaimQuestion(question, 1))
    moderator = await venue.enter("moderator", "/moderate")
    await expect(row(moderator, "Whose?")).to_contain_text("You are working on it")
    await moderator.keyboard.press("c")
    await expect(row(moderator, "Whose?")).not_to_contain_text("You are working on it")
    await expect(moderator.locator(".toast")).to_be_visible()  # it is offered to be undone once it is acknowledged
    await moderator.keyboard.press("u")
    await expect(row(moderator, "Whose?")).to_contain_text("You are working on it")

"""The moderator's console in a real browser: triage by keyboard, undo, merging."""

import pytest
from playwright.async_api import expect

from rooms.forum.questions.messages import QuestionState
from tests.browser.conftest import PHONE, Venue
from tests.browser.console import lane, row, state_of
from tests.support.waiting import until


async def test_approve_in_one_keystroke(venue: Venue) -> None:
    asker = await venue.enter("attendee")
    reader = await venue.enter("other")
    moderator = await venue.enter("moderator", "/moderate")
    await asker.get_by_label("Your question").fill("What keeps people here?")
    await asker.get_by_role("button", name="Ask", exact=True).click()
    await expect(asker.locator(".own-question")).to_contain_text("Waiting for a moderator")
    await expect(row(moderator, "What keeps people here?")).to_have_attribute("aria-selected", "true")
    await expect(reader.locator(".question")).to_have_count(0)

    await moderator.keyboard.press("a")

    await expect(reader.locator(".question", has_text="What keeps people here?")).to_be_visible()
    await expect(asker.locator(".own-question")).to_contain_text("Shown to everyone")
    await expect(moderator.locator(".queue-row")).to_have_count(0)
    await expect(moderator.locator(".toast")).to_contain_text("Approved")


async def test_dismiss_and_undo(venue: Venue) -> None:
    question = await venue.ask("Is this on topic?")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(row(moderator, "Is this on topic?")).to_be_visible()

    await moderator.keyboard.press("d")
    await expect(lane(moderator, "Dismissed")).to_contain_text("1")
    assert await state_of(venue, question) is QuestionState.DISMISSED

    await moderator.keyboard.press("z")
    await expect(row(moderator, "Is this on topic?")).to_have_attribute("aria-selected", "true")
    assert await state_of(venue, question) is QuestionState.PENDING


async def test_dismiss_with_a_reason_that_the_asker_sees(venue: Venue) -> None:
    await venue.ask("Why is the coffee cold?")
    asker = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("Shift+D")
    await moderator.get_by_label("Reason (only the asker sees it)").fill("Off topic")
    await moderator.keyboard.press("Enter")
    await expect(asker.locator(".own-question")).to_contain_text("Not taken")
    await expect(asker.locator(".own-question")).to_contain_text("Off topic")


async def test_merge_by_keyboard_unites_voters_and_can_be_undone(venue: Venue) -> None:
    await venue.approved("Do foreign diplomas count in Shenzhen?")
    second = await venue.ask("How are foreign diplomas recognised?", "other")
    asker = await venue.enter("other")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(row(moderator, "How are foreign")).to_have_attribute("aria-selected", "true")

    await moderator.keyboard.press("m")
    await moderator.keyboard.type("shenzhen")
    await expect(moderator.locator(".merge-target")).to_have_count(1)
    await moderator.keyboard.press("Enter")

    await expect(asker.locator(".own-question")).to_contain_text("Merged with another question")
    await expect(asker.locator(".question .vote")).to_contain_text("2")
    assert await state_of(venue, second) is QuestionState.MERGED

    await moderator.keyboard.press("z")
    await expect(row(moderator, "How are foreign")).to_have_attribute("aria-selected", "true")
    await expect(asker.locator(".question .vote")).to_contain_text("1")
    assert await state_of(venue, second) is QuestionState.PENDING

    # Once more, the way back before the effect is here.
    await expect(moderator.locator(".toast").last).to_contain_text("Undone: Merged")
    await moderator.get_by_role("button", name="Close").last.click()
    await moderator.keyboard.press("m")
    await moderator.keyboard.type("shenzhen")
    await expect(moderator.locator(".merge-target")).to_have_count(1)
    for key in ("Enter", "z"):
        await moderator.keyboard.press(key)
    await expect(moderator.locator(".toast").last).to_contain_text("Undone: Merged")
    assert await state_of(venue, second) is QuestionState.PENDING


async def test_an_edit_keeps_the_original_and_the_asker_sees_it(venue: Venue) -> None:
    await venue.ask("wat about familys")
    asker = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("e")
    await moderator.get_by_label("The question, edited").fill("What about families?")
    await moderator.keyboard.press("Control+Enter")
    await expect(moderator.locator(".inquest-text")).to_have_text("What about families?")
    await expect(moderator.locator(".inquest")).to_contain_text("wat about familys")
    await expect(asker.locator(".own-question")).to_contain_text("You wrote: “wat about familys”")


async def test_the_whole_way_of_a_question_by_keyboard(venue: Venue) -> None:
    question = await venue.ask("Which measure worked best?")
    attendee = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    card = attendee.locator(".question")
    await moderator.keyboard.press("a")
    await moderator.keyboard.press("2")
    await expect(row(moderator, "Which measure")).to_have_attribute("aria-selected", "true")
    await moderator.keyboard.press("p")
    await expect(card).to_contain_text("Pinned")
    await moderator.keyboard.press("n")
    await expect(card).to_contain_text("Being answered now")
    await expect(attendee.locator(".own-question")).to_contain_text("Being answered now")
    await moderator.keyboard.press("w")
    await expect(lane(moderator, "Answered")).to_contain_text("1")
    await expect(attendee.locator(".own-question")).to_contain_text("Answered")
    await moderator.keyboard.press("3")
    await moderator.keyboard.press("x")
    await expect(lane(moderator, "Archived")).to_contain_text("1")
    await moderator.keyboard.press("4")
    await moderator.keyboard.press("x")
    await expect(lane(moderator, "Archived")).to_contain_text("0")
    kept = await venue.world.question(question)
    assert kept.archived_at is None
    assert kept.answered_at is not None


async def test_keys_in_quick_succession_are_all_done(venue: Venue) -> None:
    question = await venue.approved("Quick hands?")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    await moderator.evaluate(
        "for (const key of 'pnc') document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }))"
    )
    await expect(row(moderator, "Quick hands?")).to_contain_text("Now")
    await expect(row(moderator, "Quick hands?")).to_contain_text("You are working on it")
    kept = await venue.world.question(question)
    assert kept.pinned


async def test_a_written_answer_says_who_will_read_it(venue: Venue) -> None:
    await venue.approved("May I have the slides?")
    asker = await venue.enter("attendee")
    reader = await venue.enter("other")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("t")
    await expect(moderator.locator(".inquest")).to_contain_text("Everyone reads it below the question")
    await moderator.get_by_role("button", name="Only the asker").click()
    await expect(moderator.locator(".inquest")).to_contain_text("Only Attendee sees it")
    await moderator.get_by_label("Answer in writing").fill("They come tonight.")
    await moderator.get_by_role("button", name="Answer only to the asker").click()
    await expect(asker.locator(".own-question")).to_contain_text("They come tonight.")
    await reader.get_by_role("button", name="Answered").click()
    await expect(reader.locator(".question")).to_have_count(1)
    await expect(reader.locator("body")).not_to_contain_text("They come tonight.")


async def test_only_the_moderator_learns_who_asked_anonymously_and_it_is_recorded(venue: Venue) -> None:
    await venue.ask("Is my boss here?", anonymous=True)
    moderator = await venue.enter("moderator", "/moderate")
    await expect(moderator.locator(".inquest")).to_contain_text("Anonymous")
    await moderator.get_by_role("button", name="Reveal who asked").click()
    await expect(moderator.get_by_role("dialog")).to_contain_text("the reveal is recorded")
    await moderator.get_by_role("dialog").get_by_role("button", name="Reveal").click()
    await expect(moderator.locator(".inquest")).to_contain_text("Attendee")


async def test_labels_and_filters_are_the_moderators_own(venue: Venue) -> None:
    await venue.ask("About money?")
    await venue.ask("About schools?")
    moderator = await venue.enter("moderator", "/moderate")
    colleague = await venue.enter("colleague", "/moderate")
    await moderator.keyboard.press("l")
    await moderator.get_by_label("Labels, separated by commas").fill("money, later")
    await moderator.keyboard.press("Enter")
    await expect(row(colleague, "About money?")).to_contain_text("money")
    await moderator.locator("#queue-label").select_option("money")
    await expect(moderator.locator(".queue-row")).to_have_count(1)
    await expect(colleague.locator(".queue-row")).to_have_count(2)


async def test_keys_never_act_while_one_types_and_can_be_turned_off(venue: Venue) -> None:
    question = await venue.ask("Approve me?")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("/")
    await moderator.keyboard.type("adx")
    await expect(moderator.get_by_label("Search the queue")).to_have_value("adx")
    await moderator.keyboard.press("Escape")

    await moderator.keyboard.press("?")
    await moderator.get_by_label("Single-key shortcuts").uncheck()
    await moderator.keyboard.press("Escape")
    await expect(moderator.get_by_role("dialog")).to_have_count(0)
    await moderator.keyboard.press("a")
    await moderator.keyboard.press("ArrowDown")
    assert await state_of(venue, question) is QuestionState.PENDING
    await moderator.get_by_role("button", name="Keys").click()
    await moderator.get_by_label("Single-key shortcuts").check()
    await moderator.keyboard.press("Escape")
    await moderator.locator(".queue-row").focus()
    await moderator.keyboard.press("a")
    await until(lambda: _is(venue, question, QuestionState.APPROVED))


async def _is(venue: Venue, question: str, state: QuestionState) -> bool:
    return await state_of(venue, question) is state


async def test_four_hundred_questions_are_triaged_key_by_key(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.forum.questions.asking.MOST_OF_PERSON", 400)
    for number in range(400):
        await venue.ask(f"Question number {number}?")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(lane(moderator, "Pending")).to_contain_text("400")
    for _ in range(40):
        await moderator.keyboard.press("a")
        await moderator.keyboard.press("j")
    await expect(lane(moderator, "Approved")).to_contain_text("40")
    await expect(lane(moderator, "Pending")).to_contain_text("360")
    # Each a took the question that was chosen and each j left one out.
    await expect(row(moderator, "Question number 80?")).to_be_focused()


async def test_complete_on_a_phone(venue: Venue) -> None:
    question = await venue.ask("Can this be done on a phone?")
    moderator = await venue.enter("moderator", "/moderate", viewport=PHONE, has_touch=True)
    await row(moderator, "Can this be done").tap()
    await moderator.get_by_role("button", name="Approve").tap()
    await until(lambda: _is(venue, question, QuestionState.APPROVED))
    await expect(moderator.locator(".console-queue")).to_be_visible()
    await lane(moderator, "Approved").tap()
    await row(moderator, "Can this be done").tap()
    await moderator.get_by_role("button", name="Answer now").tap()
    await expect(moderator.locator(".inquest")).to_contain_text("Being answered now")
    await moderator.get_by_role("button", name="Queue").first.tap()
    await moderator.get_by_role("button", name="Session", exact=True).tap()
    await moderator.get_by_role("button", name="Paused").tap()
    await expect(moderator.get_by_text("The public list is paused")).to_be_visible()


async def test_attendees_see_pause_lock_and_review(venue: Venue) -> None:
    attendee = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.get_by_role("button", name="Paused").click()
    await expect(attendee.get_by_text("The list is paused.")).to_be_visible()
    await attendee.get_by_label("Your question").fill("Half a thought")
    await moderator.get_by_role("button", name="Locked").click()
    await expect(attendee.get_by_text("Asking is closed.")).to_be_visible()
    await expect(attendee.get_by_label("Your draft")).to_have_value("Half a thought")
    await moderator.get_by_role("button", name="Open", exact=True).click()
    await expect(attendee.get_by_label("Your question")).to_have_value("Half a thought")


async def test_starting_and_ending_ask_first_and_reach_everyone(venue: Venue) -> None:
    attendee = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.get_by_role("button", name="Open the lobby").click()
    await expect(attendee.locator(".slate")).to_contain_text("Starting soon")
    await moderator.get_by_role("button", name="Start", exact=True).click()
    await moderator.get_by_role("button", name="Start now").click()
    await expect(attendee.locator(".slate")).to_contain_text("Live")
    await moderator.get_by_role("button", name="End", exact=True).click()
    await expect(attendee.locator(".slate")).to_contain_text("Live")
    await attendee.get_by_label("Your message").fill("Half a thought")
    await moderator.get_by_role("button", name="End now").click()
    await expect(attendee.locator(".slate")).to_contain_text("Ended")
    await expect(attendee.get_by_text("The session has ended. You can still read")).to_be_visible()
    await expect(attendee.get_by_text("The chat is closed.")).to_be_visible()
    await expect(attendee.get_by_label("Your draft")).to_have_value("Half a thought")
    await moderator.get_by_role("button", name="Resume").click()
    await moderator.get_by_role("button", name="Resume now").click()
    await expect(attendee.get_by_label("Your question")).to_be_visible()
    await expect(attendee.get_by_label("Your message")).to_have_value("Half a thought")
    await moderator.get_by_role("button", name="End", exact=True).click()
    await moderator.get_by_label("Leave the chat open").check()
    await moderator.get_by_role("button", name="End now").click()
    await expect(attendee.get_by_text("The session has ended. You can still read")).to_be_visible()
    await attendee.get_by_label("Your message").press("Enter")
    await expect(attendee.locator(".message")).to_contain_text("Half a thought")


async def test_without_javascript_a_question_can_be_approved(venue: Venue) -> None:
    question = await venue.ask("No scripts?")
    moderator = await venue.enter("moderator", "/moderate", java_script_enabled=False)
    await moderator.get_by_role("button", name="Approve").click()
    assert await state_of(venue, question) is QuestionState.APPROVED
    await expect(moderator.locator(".tab", has_text="Approved")).to_contain_text("1")

"""The moderator's console in a real browser: triage by keyboard, undo, merging, colleagues."""

from playwright.async_api import Page, expect

from rooms.core.commands.people import Role
from rooms.forum.questions.messages import QuestionState
from rooms.forum.questions.moderation_messages import ClaimQuestion, EditQuestion
from rooms.people.messages import GrantRole, RevokeRole
from tests.browser.conftest import PHONE, Venue
from tests.support.waiting import until


async def state_of(venue: Venue, question: str) -> QuestionState:
    return (await venue.world.question(question)).state


def row(page: Page, text: str):
    return page.locator(".queue-row", has_text=text)


def lane(page: Page, name: str):
    return page.locator(".lane", has_text=name)


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


async def test_who_asked_anonymously_is_told_to_the_moderator_alone_and_recorded(venue: Venue) -> None:
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


async def test_four_hundred_questions_are_triaged_key_by_key(venue: Venue) -> None:
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


async def test_pause_lock_and_review_are_told_to_attendees(venue: Venue) -> None:
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
    await moderator.get_by_role("button", name="End now").click()
    await expect(attendee.locator(".slate")).to_contain_text("Ended")


async def test_without_javascript_a_question_can_be_approved(venue: Venue) -> None:
    question = await venue.ask("No scripts?")
    moderator = await venue.enter("moderator", "/moderate", java_script_enabled=False)
    await moderator.get_by_role("button", name="Approve").click()
    assert await state_of(venue, question) is QuestionState.APPROVED
    await expect(moderator.locator(".tab", has_text="Approved")).to_contain_text("1")


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


async def test_whoever_becomes_a_moderator_is_led_to_the_console(venue: Venue) -> None:
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

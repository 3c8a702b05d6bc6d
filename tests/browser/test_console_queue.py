"""The moderator's queue: several questions at once, sorting, merging, and keys that do not apply; and the console on a phone."""

import pytest
from playwright.async_api import Page, expect

from rooms.forum.questions.messages import QuestionState, VoteQuestion
from rooms.forum.questions.moderation_messages import ApproveQuestion
from tests.browser.conftest import PHONE, Venue
from tests.browser.console import lane, row, state_of

TOUCH = {"has_touch": True, "is_mobile": True}


def texts(page: Page):
    return page.locator(".queue-row .queue-text")


async def test_after_a_merge_the_cursor_goes_on_and_a_key_that_does_not_apply_says_so(venue: Venue) -> None:
    """users.md 38: it stayed on the merged question, where a, d and m did nothing, silently."""
    for text in ("How is energy saved?", "How do you save energy?", "Who pays?"):
        await venue.ask(text)
    page = await venue.enter("moderator", "/moderate")
    await expect(texts(page)).to_have_count(3)
    await expect(page.get_by_role("heading", name="How is energy saved?")).to_be_visible()  # users.md 41
    await page.keyboard.press("m")
    await page.locator("[role=option]").first.click()
    await expect(texts(page)).to_have_text(["How do you save energy?", "Who pays?"])
    await expect(page.locator('.queue-row[aria-selected="true"]')).to_contain_text("How do you save energy?")
    await page.keyboard.press("a")
    await expect(texts(page)).to_have_text(["Who pays?"])
    await page.keyboard.press("6")
    await expect(texts(page)).to_have_text(["How is energy saved?"])
    for key in ("a", "m", "e"):
        await page.keyboard.press(key)
        await expect(page.locator(".toast", has_text="Not possible with this question.")).to_be_visible()
        await page.locator(".toast").get_by_role("button", name="Close").last.click()
        await expect(page.locator(".toast", has_text="Not possible")).to_have_count(0)
    await page.keyboard.press("5")
    await page.keyboard.press("a")
    await expect(page.locator(".toast", has_text="Select a question first.")).to_be_visible()


async def test_after_a_dismissal_with_a_reason_the_cursor_goes_on(venue: Venue) -> None:
    for text in ("One?", "Two?"):
        await venue.ask(text)
    page = await venue.enter("moderator", "/moderate")
    await page.keyboard.press("D")
    await page.get_by_label("Reason").fill("Off topic")
    await page.keyboard.press("Enter")
    await expect(texts(page)).to_have_text(["Two?"])
    await expect(page.locator(".queue-row")).to_have_attribute("aria-selected", "true")


async def test_the_buttons_of_a_row_show_the_icons_of_their_actions(venue: Venue) -> None:
    """users.md 39: one icon stood for several actions, by the state of the question."""
    await venue.ask("Pending?")
    await venue.approved("Approved?")
    page = await venue.enter("moderator", "/moderate")
    icons: dict[str, str] = {}
    for name in ("Pending", "Approved"):
        await lane(page, name).click()
        for button in await page.locator(".queue-quick button").all():
            label = (await button.get_attribute("aria-label") or "").split(":")[0]
            icons[label] = str(await button.locator("use").get_attribute("href")).split("#")[1]
    assert icons == {"Approve": "check", "Dismiss": "close", "Answer now": "talk", "Mark answered": "answered"}


async def test_the_queue_is_sorted_by_votes_age_or_newness(venue: Venue) -> None:
    """users.md 40."""
    ids = [await venue.ask(text) for text in ("First?", "Second?", "Third?")]
    page = await venue.enter("moderator", "/moderate")
    for id in ids:
        await venue.world.do("moderator", ApproveQuestion(id, 1))
    await venue.world.do("other", VoteQuestion(ids[1]))
    await lane(page, "Approved").click()
    for sort, wanted in (
        ("Newest", ["Third?", "Second?", "First?"]),
        ("Waiting longest", ["First?", "Second?", "Third?"]),
        ("Most votes", ["Second?", "First?", "Third?"]),
    ):
        await page.get_by_label("Sort by").select_option(sort)
        await expect(texts(page)).to_have_text(wanted)


async def test_several_questions_are_approved_at_once_and_taken_back_by_one_undo(venue: Venue) -> None:
    """users.md 40: with 500 pending questions one wants to handle several at once."""
    ids = [await venue.ask(f"Question {number}?") for number in range(14)]
    page = await venue.enter("moderator", "/moderate")
    await page.get_by_role("button", name="Select", exact=True).click()
    bar = page.get_by_role("group", name="Selected questions")
    await expect(bar.get_by_role("button", name="Approve")).to_be_disabled()
    await bar.get_by_role("checkbox").check()
    await expect(bar).to_contain_text("14 selected")
    await row(page, "Question 3?").click()
    for key in ("j", "j", "Space"):
        await page.keyboard.press(key)
    await expect(bar).to_contain_text("12 selected")
    await bar.get_by_role("button", name="Approve").click()
    await expect(texts(page)).to_have_text(["Question 3?", "Question 5?"])
    await expect(page.locator(".toast")).to_contain_text("Approved (12)")
    assert [await state_of(venue, id) for id in ids].count(QuestionState.APPROVED) == 12
    await page.keyboard.press("z")
    await expect(page.locator(".toast")).to_contain_text("Undone: Approved (12)")
    await expect(lane(page, "Pending")).to_contain_text("14")
    assert {await state_of(venue, id) for id in ids} == {QuestionState.PENDING}


async def test_a_question_that_a_colleague_handled_stays_out_of_a_batch(venue: Venue) -> None:
    ids = [await venue.ask(text) for text in ("One?", "Two?")]
    page = await venue.enter("moderator", "/moderate")
    await page.get_by_role("button", name="Select", exact=True).click()
    for text in ("One?", "Two?"):
        await row(page, text).get_by_role("checkbox").click()
    await venue.act("colleague", ApproveQuestion(ids[0], 1))
    await expect(texts(page)).to_have_text(["Two?"])
    await page.keyboard.press("d")
    await expect(texts(page)).to_have_count(0)
    assert [await state_of(venue, id) for id in ids] == [QuestionState.APPROVED, QuestionState.DISMISSED]


@pytest.mark.parametrize("viewport", [PHONE, {"width": 740, "height": 360}])
async def test_on_a_phone_the_whole_console_is_in_reach(venue: Venue, viewport: dict[str, int]) -> None:
    """users.md 44: the switch was cut at the edge, Dismissed and Merged were out of sight, and a device without keys offered them."""
    await venue.ask("Why?")
    page = await venue.enter("moderator", "/moderate", viewport=viewport, **TOUCH)
    views = page.get_by_role("group", name="View").get_by_role("button")
    for button in [*await page.locator(".lane").all(), *await views.all(), page.get_by_role("button", name="Undo")]:
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]
        assert box["height"] >= 44 or not await button.evaluate("e => e.matches('.lane')")
        fits = "e => e.scrollWidth <= e.clientWidth"
        assert await button.evaluate(fits)
    assert await page.locator(".lanes").evaluate("e => e.scrollWidth <= e.clientWidth")
    queue = await page.locator(".queue").bounding_box()
    assert queue is not None
    assert queue["height"] >= viewport["height"] * 0.35
    await expect(page.get_by_role("button", name="Keys")).to_be_hidden()
    for key in await page.locator(".console kbd").all():
        await expect(key).to_be_hidden()


async def test_many_own_questions_are_folded_up(venue: Venue) -> None:
    """users.md 42: seven of them pushed everybody's questions two screens down."""
    for number in range(2):
        await venue.approved(f"Question {number}?")
    page = await venue.enter("attendee", viewport=PHONE, **TOUCH)
    own = page.locator(".own-questions")
    await expect(own).to_have_attribute("open", "")
    await venue.approved("One more?")
    await page.reload()
    await expect(own.locator("summary").first).to_contain_text("3")
    await expect(page.locator("plenary-questions .question").first).to_be_in_viewport()
    await expect(own.locator(".question-text", has_text="One more?")).to_be_hidden()
    await own.locator("summary").first.click()
    await expect(own.locator(".question-text", has_text="One more?")).to_be_visible()

"""The session page on small windows, at keyboards of all kinds, and when its session moves or its stream fails."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import expect

from rooms.forum.hosting_messages import ShowStage, StageKind
from rooms.forum.questions.moderation_messages import ApproveQuestion, ShowOnScreen
from rooms.programme.messages import ChangeSession, StartSession
from tests.browser.conftest import Venue

STREAM = ShowStage(StageKind.HLS, "https://127.0.0.1:9/absent.m3u8")


@pytest.mark.parametrize("viewport", [{"width": 740, "height": 360}, {"width": 720, "height": 450}])
async def test_a_low_window_shows_more_than_the_stage(venue: Venue, viewport: dict[str, int]) -> None:
    """users.md 2: a phone held sideways, and 200 % zoom, showed nothing but video."""
    await venue.act("moderator", StartSession())
    await venue.act("moderator", STREAM)
    window = await venue.window_of("attendee", viewport=viewport)
    page = window.page
    await page.goto(venue.session)
    await expect(page.locator("video")).to_be_visible()
    window.faults.clear()
    stage = await page.locator(".session-stage").bounding_box()
    ask = await page.locator("#ask-text").bounding_box()
    assert stage is not None
    assert ask is not None
    assert stage["y"] + stage["height"] <= viewport["height"], "the controls of the player are in sight"
    assert ask["y"] + ask["height"] <= viewport["height"], "so is the box for questions"
    assert ask["x"] >= stage["x"] + stage["width"] - 1, "they are side by side"
    window.faults.clear()


async def test_a_text_is_emptied_at_once_and_given_back_on_a_refusal(venue: Venue) -> None:
    """inputs.md 2: typing on while a message was under way glued the next one to it."""
    window = await venue.window_of("attendee")
    page = window.page
    await page.goto(f"{venue.session}#panel-chat")
    box = page.locator("#chat-text")
    await box.fill("ok")
    await box.press("Enter")
    await box.press_sequentially("next")
    await expect(page.locator(".message")).to_have_count(1)
    assert await box.input_value() == "next"


async def test_a_held_key_decides_one_question(venue: Venue) -> None:
    """inputs.md 3 and 11: `a` held down approved six; on a Cyrillic keyboard no key worked."""
    for number in range(4):
        await venue.world.ask(f"Question {number}?")
    window = await venue.window_of("moderator")
    page = window.page
    await page.goto(f"{venue.session}/moderate")
    await expect(page.locator(".queue-row")).to_have_count(4)
    press = "(init) => document.body.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...init}))"
    for repeat in (False, True, True, True):
        await page.evaluate(press, {"key": "ф", "code": "KeyA", "repeat": repeat})
    await expect(page.locator(".queue-row")).to_have_count(3)
    await asyncio.sleep(0.5)
    await expect(page.locator(".queue-row")).to_have_count(3)


async def test_the_help_shows_the_letters_of_the_keyboard(venue: Venue) -> None:
    """inputs.md 11: keys act by their place, so the help names what is printed there."""
    window = await venue.window_of("moderator")
    page = window.page
    layout = "{getLayoutMap: async () => new Map([['KeyA', 'ф'], ['KeyD', 'в']])}"
    await page.add_init_script(f"Object.defineProperty(navigator, 'keyboard', {{value: {layout}}})")
    await page.goto(f"{venue.session}/moderate")
    await page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    for key in ("ф", "в", "В", "j"):
        await expect(dialog.get_by_text(key, exact=True)).to_have_count(1)
    await expect(dialog.get_by_text("a", exact=True)).to_have_count(0)


async def test_an_input_method_keeps_its_enter(venue: Venue) -> None:
    """inputs.md 4: in Safari the Enter that ends a composition sent the message."""
    window = await venue.window_of("attendee")
    page = window.page
    await page.goto(f"{venue.session}#panel-chat")
    await page.locator("#chat-text").fill("ni hao")
    press = (
        "(box, code) => box.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, key: 'Enter', keyCode: code}))"
    )
    await page.locator("#chat-text").evaluate(press, 229)
    await asyncio.sleep(0.3)
    await expect(page.locator(".message")).to_have_count(0)
    await page.locator("#chat-text").evaluate(press, 13)
    await expect(page.locator(".message")).to_have_count(1)


async def test_who_is_here_learns_that_the_session_moves(venue: Venue) -> None:
    """users.md 4: only the figures changed, without a word."""
    window = await venue.window_of("attendee")
    page = window.page
    await page.goto(venue.session)
    await expect(page.locator(".session-time")).to_be_visible()
    start = venue.world.clock() + timedelta(days=2)
    moved = ChangeSession(
        session=venue.world.session,
        title="Opening",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        place="Hall B",
    )
    # Done in another process: without a bus between the two, the server learns of it when it compares.
    await venue.world.do("organiser", moved, room=venue.world.lobby)
    await expect(page.get_by_text("This session has moved.").first).to_be_visible(timeout=15_000)
    await expect(page.locator(".session-head .notice")).to_contain_text("Hall B")
    await page.get_by_role("button", name="Understood").click()
    await expect(page.locator(".session-head .notice")).to_have_count(0)


async def test_a_stream_that_is_late_is_tried_again_and_starts_muted(venue: Venue) -> None:
    """users.md 7 and 8."""
    await venue.act("moderator", StartSession())
    await venue.act("moderator", STREAM)
    window = await venue.window_of("attendee")
    page = window.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(".m3u8") else None)
    await page.goto(venue.session)
    await expect(page.get_by_text("It is tried again by itself.")).to_be_visible(timeout=20_000)
    assert await page.locator("video").evaluate("video => video.muted")
    before = len(asked)
    for _ in range(80):
        if len(asked) > before:
            break
        await asyncio.sleep(0.1)
    assert len(asked) > before
    window.faults.clear()


async def test_back_closes_the_question_and_not_the_console(venue: Venue) -> None:
    """users.md 18: Back on a phone left the console."""
    await venue.world.ask("Why?")
    window = await venue.window_of("moderator", viewport={"width": 360, "height": 740})
    page = window.page
    await page.goto(f"{venue.session}/moderate")
    row = page.locator(".queue-row")
    await row.click()
    await expect(page.locator(".console")).to_have_attribute("data-view", "question")
    await page.go_back()
    await expect(page.locator(".console")).to_have_attribute("data-view", "queue")
    await expect(row).to_be_visible()
    assert await row.get_by_role("button", name="Approve: Why?").count() == 1, "users.md 41"


async def test_a_number_on_an_overlay_never_breaks(venue: Venue) -> None:
    """users.md 14: “32” was shown as “3” over “2”."""
    question = await venue.world.ask("Why? " * 60)
    await venue.act("moderator", ApproveQuestion(question, 1))
    await venue.act("moderator", ShowOnScreen(question))
    window = await venue.window_of(None, viewport={"width": 1280, "height": 720})
    page = window.page
    await page.goto(f"{venue.session}/screen?overlay=1")
    await expect(page.locator(".overlay-card .numbers")).to_be_visible()
    # Found and measured in one step, because the island replaces the element when it is there.
    lines = await page.evaluate("""() => {
        const node = document.querySelector('.overlay-card .numbers');
        node.textContent = '3200';
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getClientRects().length;
    }""")
    assert lines == 1

"""The big screen, the overlay and the speaker's view follow what moderators choose, and never show what waits."""

from playwright.async_api import expect

from tests.browser.conftest import PHONE, Venue


async def test_the_screen_follows(venue: Venue) -> None:
    await venue.approved("On the big screen?")
    screen = await venue.enter(None, "/screen", viewport={"width": 1920, "height": 1080})
    overlay = await venue.enter(None, "/screen?overlay=1")
    moderator = await venue.enter("moderator", "/moderate")
    await expect(screen.locator(".screen-question")).to_have_count(0)
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("s")
    await expect(screen.locator(".screen-text")).to_have_text("On the big screen?")
    await expect(overlay.locator(".overlay-text")).to_have_text("On the big screen?")
    await moderator.keyboard.press("d")
    await expect(screen.locator(".screen-question")).to_have_count(0)
    await expect(overlay.locator(".overlay-card")).to_have_count(0)
    await moderator.keyboard.press("z")
    await expect(screen.locator(".screen-text")).to_have_text("On the big screen?")


async def test_keys_faster_than_their_effects_are_taken_back_in_turn(venue: Venue) -> None:
    await venue.approved("Too fast?")
    screen = await venue.enter(None, "/screen")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    undo = moderator.get_by_role("button", name="Undo", exact=False).first
    await expect(undo).to_be_disabled()
    for key in "sdz":  # the way back of "d" is worked out from what "s" has brought about, and "z" means "d"
        await moderator.keyboard.press(key)
    await expect(moderator.locator(".toast").last).to_contain_text("Undone: Dismissed")
    await expect(screen.locator(".screen-text")).to_have_text("Too fast?")
    for key in "dzz":
        await moderator.keyboard.press(key)
    await expect(undo).to_be_disabled()
    await expect(moderator.locator(".toast").last).to_contain_text("Undone: On the big screen")
    await expect(screen.locator(".screen-question")).to_have_count(0)


async def test_a_moderators_screen_never_learns_what_waits(venue: Venue) -> None:
    await venue.ask("Secret until approved?")
    frames: list[str] = []
    window = await venue.window_of("moderator")
    window.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
    await window.page.goto(venue.session + "/screen")
    await window.page.wait_for_selector("plenary-screen.live")
    assert frames
    assert "Secret until approved?" not in await window.page.content() + "".join(frames)


async def test_a_withdrawal_leaves_the_screen(venue: Venue) -> None:
    await venue.approved("Here today?")
    screen = await venue.enter(None, "/screen")
    asker = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("s")
    await expect(screen.locator(".screen-text")).to_have_text("Here today?")
    await asker.locator(".own-question").get_by_role("button", name="Withdraw").click()
    await expect(screen.locator(".screen-text")).to_have_count(0)


async def test_the_text_fits_every_screen(venue: Venue) -> None:
    await venue.approved("怎样" * 100)
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("s")
    for size in ({"width": 1920, "height": 1080}, {"width": 1024, "height": 768}, PHONE):
        screen = await venue.enter(None, "/screen", viewport=size)
        await expect(screen.locator(".screen-text")).to_be_visible()
        body = "document.querySelector('.screen-body')"
        assert await screen.evaluate(f"{body}.scrollHeight <= {body}.clientHeight + 1")


async def test_a_speaker_takes_a_question_and_marks_it_answered(venue: Venue) -> None:
    await venue.approved("Will you answer me?")
    await venue.ask("Not yet approved?")
    speaker = await venue.enter("speaker", "/speak")
    attendee = await venue.enter("attendee")
    await expect(speaker.locator("body")).not_to_contain_text("Not yet approved?")
    await speaker.get_by_role("button", name="Answer now").click()
    await expect(speaker.locator(".speaker-question")).to_have_text("Will you answer me?")
    await expect(attendee.locator(".now-strip")).to_contain_text("Will you answer me?")
    await speaker.get_by_role("button", name="Mark answered").click()
    await expect(speaker.locator(".speaker-none")).to_be_visible()
    await expect(attendee.locator(".now-strip")).not_to_contain_text("Will you answer me?")


async def test_the_doors_are_the_roles(venue: Venue) -> None:
    for who, end, status in (
        ("attendee", "/moderate", 403),
        ("speaker", "/moderate", 403),
        ("attendee", "/speak", 403),
        ("moderator", "/speak", 200),
        (None, "/moderate", 401),
        (None, "/screen", 200),
    ):
        window = await venue.window_of(who)
        answer = await window.page.goto(venue.session + end)
        assert answer is not None
        assert answer.status == status, (who, end)
        window.faults.clear()  # the browser reports refused pages as errors

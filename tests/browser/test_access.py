"""What shuts people out: axe on every page of a session, light and dark; no sideways scrolling at any width; both directions of writing."""

import pytest
from playwright.async_api import Page, expect

from rooms.chat.messages import PostMessage
from rooms.forum.questions.moderation_messages import AnswerQuestion, PinQuestion, ShowOnScreen, TakeQuestion
from tests.browser.conftest import DESKTOP, PHONE, TABLET, Venue
from tests.support.chromium import accessibility_faults

PAGES = {"attendee": "", "moderator": "/moderate", "speaker": "/speak", None: "/screen"}


@pytest.fixture
async def furnished(venue: Venue) -> Venue:
    """A session with something of everything."""
    world = venue.world
    pinned = await venue.approved(
        "How can a city recognise qualifications from abroad without years of paperwork?", "other"
    )
    now = await venue.approved("人才中心建设中，如何平衡本地培养与海外引进？", "other")
    answered = await venue.approved("Could you publish the list?", "other")
    await venue.ask("Will there be interpretation in the afternoon?")
    await venue.ask("Is my boss here?", "other", anonymous=True)
    await venue.approved("Something of one's own?")
    version = (await world.question(pinned)).version
    await world.do("moderator", PinQuestion(pinned, version))
    await world.do("moderator", ShowOnScreen(pinned))
    await world.do("moderator", TakeQuestion(now))
    await world.do("moderator", AnswerQuestion(answered, text="Tomorrow.", public=True))
    for text in ("Good morning!", "大家好", "مرحبا"):
        await world.do("other", PostMessage(text))
    return venue


async def settled(page: Page) -> None:
    """Nothing moves any more, because half-faded colours would be taken for faint ones."""
    await page.evaluate("document.getAnimations().forEach((each) => each.cancel())")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing(furnished: Venue, scheme: str, viewport: dict[str, int]) -> None:
    found: list[str] = []
    for who, end in PAGES.items():
        page = await furnished.enter(who, end, color_scheme=scheme, viewport=viewport)
        await settled(page)
        found += [f"{end or '/'}: {fault}" for fault in await accessibility_faults(page)]
        await page.close()
    assert not found, "\n".join(found)


async def test_axe_finds_nothing_in_what_opens(furnished: Venue) -> None:
    page = await furnished.enter("moderator", "/moderate")
    found: list[str] = []
    for key, opened in {
        "e": "#edit-text",
        "t": "#answer-text",
        "l": "#label-text",
        "m": "#merge-search",
        "?": "dialog",
    }.items():
        await page.locator(".queue-row").first.focus()
        await page.keyboard.press(key)
        await expect(page.locator(opened)).to_be_visible()
        await settled(page)
        found += [f"{key}: {fault}" for fault in await accessibility_faults(page)]
        await page.keyboard.press("Escape")
        await expect(page.locator(opened)).to_have_count(0)
    for tool in ("Polls", "Chat", "People"):
        await page.get_by_role("tab", name=tool).click()
        found += [f"{tool}: {fault}" for fault in await accessibility_faults(page)]
    assert not found, "\n".join(found)


async def test_axe_finds_nothing_before_the_islands_come(furnished: Venue) -> None:
    found: list[str] = []
    for who, end in PAGES.items():
        window = await furnished.window_of(who)
        # axe itself is a script, so scripts are not off: only the islands' is empty.
        await window.page.route(
            "**/built/main.js*", lambda route: route.fulfill(content_type="text/javascript", body="")
        )
        await window.page.goto(furnished.session + end)
        found += [f"{end or '/'}: {fault}" for fault in await accessibility_faults(window.page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESKTOP], ids=["360", "768", "1440"])
@pytest.mark.parametrize("alive", [True, False], ids=["live", "plain"])
async def test_nothing_scrolls_sideways(furnished: Venue, viewport: dict[str, int], alive: bool) -> None:
    for who, end in PAGES.items():
        page = await furnished.enter(who, end, viewport=viewport, java_script_enabled=alive)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], (end, width)


async def test_fingers_find_their_targets(furnished: Venue) -> None:
    small = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((each) => {
        const box = (each.closest('label') ?? each).getBoundingClientRect();
        const inText = each.matches('p a');
        return box.width > 0 && !inText && !each.matches('.skip') && (box.height < 24 || box.width < 24);
    }).map((each) => each.outerHTML.slice(0, 120))"""
    for who, end in PAGES.items():
        page = await furnished.enter(who, end, viewport=PHONE, has_touch=True)
        assert await page.evaluate(small) == [], end


async def test_the_page_turns_around_for_arabic(furnished: Venue) -> None:
    page = await furnished.enter("attendee")
    await page.evaluate("document.documentElement.dir = 'rtl'")
    stage = await page.locator(".session-main").bounding_box()
    chat = await page.locator(".panel-chat").bounding_box()
    assert stage is not None
    assert chat is not None
    assert chat["x"] < stage["x"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]

"""What a reader sees: controls in the language of the page, whole words, and the first booth on a phone's first screen."""

import pytest
import sqlalchemy as sa
from playwright.async_api import Page, expect

from rooms.core.ids import new_id
from rooms.core.store.tables import conferences
from rooms.exhibition.booths.editing import hall_of, make_booth, set_duty
from rooms.exhibition.booths.staff_messages import Duty
from rooms.forum.questions.moderation_messages import TakeQuestion
from rooms.programme.tables import session_speakers, sessions, speakers
from tests.browser.conftest import DESKTOP, PHONE, Venue

LINES = """heading => {
        const lines = [], walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
        let last = null;
        for (let node; (node = walker.nextNode()); )
            for (let at = 0; at < node.data.length; at++) {
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const {top} = range.getBoundingClientRect();
                if (last === null || top > last + 5) lines.push("");
                last = top;
                lines[lines.length - 1] += node.data[at];
            }
        return lines.map(line => line.trim()).filter(Boolean);
    }"""
"""The lines into which a heading is broken."""


@pytest.fixture
async def booth(venue: Venue) -> str:
    """The path of a booth that the colleague owns, in a hall with a long name."""
    world = venue.world
    async with world.engine.database.write() as connection:
        hall = await hall_of(connection, world.conference, "Innovation and Industry")
        for number in range(6):
            texts = {"name": f"Booth {number}", "tagline": "Light", "country": ["SE", "CN"][number % 2]}
            texts["field"] = ["Energy", "Health"][number % 2]
            id, _ = await make_booth(connection, world.conference, hall, texts, open=True, number=f"B {number}")
        await set_duty(connection, id, world.people["colleague"], Duty.OWNER, world.clock())
    return f"/c/{venue.slug}/exhibition/{id}"


async def enter(venue: Venue, who: str | None, path: str, **options: object) -> Page:
    page = (await venue.window_of(who, **options)).page
    await page.goto(path)
    return page


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_file_inputs_speak_the_language_of_the_page(venue: Venue, booth: str, viewport: dict[str, int]) -> None:
    places = [("colleague", f"{booth}/files")]
    places += [("organiser", f"/c/{venue.slug}/organise/{end}") for end in ("exhibitors", "programme")]
    for who, path in places:
        page = await enter(venue, who, path, viewport=viewport, locale="zh-CN")
        for control in await page.locator("input[type=file]").all():
            assert await control.evaluate("input => getComputedStyle(input).opacity") == "0", path
        choice = page.locator(".file-choice").first
        await expect(choice.get_by_text("选择文件", exact=True)).to_be_visible()
        await expect(choice.get_by_text("未选择文件")).to_be_visible()
        await choice.locator("input").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": b"x"})
        await expect(choice.get_by_text("名单.csv")).to_be_visible()
        async with page.expect_file_chooser():
            await choice.locator(".button").click(force=True)


async def test_a_chinese_title_is_not_broken_inside_a_word(venue: Venue) -> None:
    title = "第二十届中国国际人才交流大会"
    async with venue.world.engine.database.write() as connection:
        this = conferences.c.id == venue.world.conference
        await connection.execute(sa.update(conferences).where(this).values(texts={"zh_Hans": {"title": title}}))
    for width in (320, 360, 390):
        viewport = {"width": width, "height": 740}
        page = await enter(venue, None, f"/c/{venue.slug}", viewport=viewport, locale="zh-CN")
        await page.wait_for_selector("html.alive")
        lines = await page.locator("h1").first.evaluate(LINES)
        assert "".join(lines) == title
        breaks = {sum(len(line) for line in lines[:count]) for count in range(1, len(lines))}
        assert breaks, "premise: the title needs two lines"
        assert breaks <= {4, 6, 8, 10, 12}, lines  # 第二十届 · 中国 · 国际 · 人才 · 交流 · 大会


async def test_the_first_booth_is_on_the_first_screen_of_a_phone(venue: Venue, booth: str) -> None:
    page = await enter(venue, None, f"/c/{venue.slug}/exhibition", viewport=PHONE)
    first = page.locator(".booth-card").first
    box = await first.bounding_box()
    assert box is not None
    assert box["y"] < PHONE["height"] - 60
    await expect(page.get_by_label("Country")).to_be_hidden()
    await page.get_by_role("checkbox", name="Filter").check()
    await page.get_by_label("Country").select_option("SE")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_text("3 exhibitors")).to_be_visible()
    await expect(page.get_by_role("checkbox", name="Filter 1")).to_be_visible()
    wide = await enter(venue, None, f"/c/{venue.slug}/exhibition", viewport=DESKTOP)
    await expect(wide.get_by_label("Country")).to_be_visible()
    await expect(wide.get_by_role("checkbox", name="Filter")).to_be_hidden()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_cards_of_booths_have_no_empty_third_and_no_lonely_number(
    venue: Venue, booth: str, viewport: dict[str, int]
) -> None:
    page = await enter(venue, None, f"/c/{venue.slug}/exhibition", viewport=viewport)
    for card in await page.locator(".booth-card").all():
        assert await card.locator(".booth-now").is_hidden()
        await expect(card.get_by_text("Light")).to_be_visible()
        lines = await card.locator(".booth-place").evaluate(LINES)
        assert not any(line.endswith("·") or line.startswith("·") or line[0].isdigit() for line in lines), lines
    hall = await enter(venue, None, f"/c/{venue.slug}/exhibition", viewport=viewport)
    await hall.get_by_role("link", name="Innovation and Industry").click()
    await expect(hall.get_by_text("Nobody here").first).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_message_of_a_page_is_as_wide_as_what_is_below(
    venue: Venue, booth: str, viewport: dict[str, int]
) -> None:
    page = await enter(venue, "colleague", booth, viewport=viewport)
    for below in (".lobby", ".page"):
        if below == ".page":
            await page.goto(f"{booth}/staff")
        edges = await page.evaluate(
            """below => {
                const main = document.querySelector("main"), notices = document.createElement("div");
                notices.className = "notices";
                notices.innerHTML = '<div class="notice">Saved.</div>';
                main.prepend(notices);
                const inside = element => {
                    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
                    return [box.left + parseFloat(style.paddingLeft), box.right - parseFloat(style.paddingRight)];
                };
                return [inside(notices), inside(main.querySelector(below))];
            }""",
            below,
        )
        assert edges[0] == pytest.approx(edges[1], abs=1)


async def test_a_low_stage_leaves_out_whole_lines(venue: Venue) -> None:
    title = "Accelerating the Construction of Talent Centers and Innovation Hubs of Global Importance"
    async with venue.world.engine.database.write() as connection:
        await connection.execute(sa.update(sessions).where(sessions.c.id == venue.world.session).values(title=title))
        for position, name in enumerate(["Lin Yuehua", "Ngozi Okafor", "Jonas Meyer", "Chen Haoran"]):
            speaker = new_id()
            values = {"id": speaker, "conference": venue.world.conference, "name": name, "texts": {}}
            await connection.execute(speakers.insert().values(values))
            held = {"session": venue.world.session, "speaker": speaker, "position": position}
            await connection.execute(session_speakers.insert().values(held))
    for viewport in ({"width": 740, "height": 360}, {"width": 720, "height": 450}, PHONE, DESKTOP):
        page = await venue.enter("attendee", viewport=viewport)
        cut = await page.locator(".slate-body").evaluate(
            """body => [...body.querySelectorAll(".slate-title, .slate-speakers")].filter(part => {
                const inside = body.getBoundingClientRect(), box = part.getBoundingClientRect();
                const line = parseFloat(getComputedStyle(part).lineHeight);
                return box.top < inside.top || box.bottom > inside.bottom || Math.abs(box.height / line - Math.round(box.height / line)) > 0.3;
            }).map(part => part.className)"""
        )
        assert cut == [], viewport


async def test_tabs_at_their_start_do_not_fade_there(venue: Venue) -> None:
    page = await venue.enter("attendee", viewport=PHONE)
    row = page.locator(".session-tabs")
    assert await row.evaluate("row => row.scrollLeft") == 0
    assert "left" not in (await row.get_attribute("data-more") or "")


async def test_the_badge_of_the_question_being_answered_is_whole(venue: Venue) -> None:
    question = await venue.approved("Which single measure has kept most people from leaving again?", "other")
    await venue.world.do("moderator", TakeQuestion(question))
    for viewport in (PHONE, {"width": 740, "height": 360}):
        page = await venue.enter("attendee", viewport=viewport)
        badge = page.locator(".question-now .badge-amber")
        await expect(badge).to_be_visible()
        assert await badge.evaluate("badge => badge.scrollWidth - badge.clientWidth") <= 1


async def test_the_link_to_apply_breaks_between_the_parts_of_its_path(venue: Venue) -> None:
    page = await enter(venue, "organiser", f"/c/{venue.slug}/organise/exhibitors", viewport=PHONE)
    link = page.locator('.page-head a[href$="/exhibition/apply"]')
    lines = await link.evaluate(LINES)
    assert "".join(lines) == await link.get_attribute("href")
    assert all(line.endswith("/") for line in lines[:-1]), lines


async def test_a_field_for_a_description_shows_several_lines(venue: Venue) -> None:
    page = (await venue.window_of("organiser")).page
    await page.goto(f"/c/{venue.slug}/organise/settings")
    box = await page.locator("textarea[name=description]").bounding_box()
    assert box is not None
    assert box["height"] >= 70

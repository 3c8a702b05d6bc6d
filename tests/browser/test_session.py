"""The session's page as attendees use it: asking and voting; by keyboard; without JavaScript; and how it does not move while news arrives."""

import asyncio

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from rooms.chat.messages import PostMessage
from rooms.forum.hosting_messages import ShowStage, StageKind
from rooms.forum.questions.messages import QuestionState
from rooms.programme.messages import StartSession
from tests.browser.conftest import Venue, live
from tests.browser.layout import shifts, watch_shifts
from tests.support.chromium import NARROW, WIDE


def card(page: Page, text: str):
    return page.locator(".question", has_text=text)


async def test_ask_and_see_it_wait(venue: Venue) -> None:
    asker = await venue.enter("attendee")
    await asker.get_by_label("Your question").fill("What helps most in the first hundred days?")
    await expect(asker.get_by_text("Moderators can reveal who asked. Each reveal is recorded.")).to_be_visible()
    await asker.get_by_label("Ask anonymously").check()
    await asker.get_by_role("button", name="Ask", exact=True).click()
    own = asker.locator(".own-question")
    await expect(own).to_contain_text("What helps most")
    await expect(own).to_contain_text("Waiting for a moderator")
    await expect(own).to_contain_text("asked anonymously")
    await expect(asker.get_by_label("Your question")).to_have_value("")


async def test_without_javascript_a_question_can_be_asked_and_read(venue: Venue) -> None:
    await venue.approved("Does this read without scripts?", "other")
    asker = await venue.enter("attendee", java_script_enabled=False)
    await expect(card(asker, "Does this read without scripts?")).to_be_visible()
    await asker.get_by_label("Your question").fill("And can one ask?")
    await asker.get_by_role("button", name="Ask", exact=True).click()
    await expect(asker.locator(".own-question")).to_contain_text("And can one ask?")
    await card(asker, "Does this read").get_by_role("button", name="Vote for this question").click()
    await expect(card(asker, "Does this read").locator(".vote")).to_contain_text("2")
    await expect(card(asker, "Does this read").locator(".vote")).to_have_attribute("aria-pressed", "true")


async def test_a_vote_is_given_once_and_taken_back(venue: Venue) -> None:
    await venue.approved("Which measure?", "other")
    voter = await venue.enter("attendee")
    watcher = await venue.enter("speaker")
    vote = card(voter, "Which measure?").locator(".vote")
    await vote.click()
    await expect(vote).to_have_attribute("aria-pressed", "true")
    await expect(card(watcher, "Which measure?").locator(".vote")).to_contain_text("2")
    await vote.click()
    await expect(vote).to_have_attribute("aria-pressed", "false")
    await expect(card(watcher, "Which measure?").locator(".vote")).to_contain_text("1")


async def test_news_wait_and_move_nothing(venue: Venue) -> None:
    await venue.approved("Old but read?", "other")
    reader = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await reader.get_by_role("button", name="New", exact=True).click()
    before = await card(reader, "Old but read?").bounding_box()
    asker = await venue.enter("other")
    await asker.get_by_label("Your question").fill("Brand new?")
    await asker.get_by_role("button", name="Ask", exact=True).click()
    await expect(moderator.locator(".queue-row", has_text="Brand new?")).to_be_visible()
    await moderator.keyboard.press("a")
    await expect(reader.get_by_role("button", name="1 new")).to_be_visible()
    assert await card(reader, "Old but read?").bounding_box() == before
    await expect(card(reader, "Brand new?")).to_have_count(0)
    await reader.get_by_role("button", name="1 new").click()
    await expect(reader.locator(".question").first).to_contain_text("Brand new?")
    await expect(reader.get_by_role("button", name="1 new")).to_have_count(0)


@pytest.mark.parametrize("system_font", ["", WIDE, NARROW])
async def test_nothing_shifts_while_the_room_is_busy(venue: Venue) -> None:
    for number in range(6):
        await venue.approved(f"Question {number} that is there from the beginning?", "other")
    reader = await venue.enter("attendee")
    moderator = await venue.enter("moderator", "/moderate")
    await watch_shifts(reader)
    writer = await venue.enter("other")
    for number in range(4):
        await writer.get_by_label("Your question").fill(f"Late question {number}?")
        await writer.get_by_role("button", name="Ask", exact=True).click()
        await expect(moderator.locator(".queue-row", has_text=f"Late question {number}?")).to_be_visible()
        await moderator.keyboard.press("a")
        await writer.get_by_label("Your message").fill(f"Message {number}")
        await writer.keyboard.press("Enter")
    await card(writer, "Question 5").locator(".vote").click()
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("p")
    await moderator.keyboard.press("n")
    await expect(reader.locator(".now-strip")).to_contain_text("Question")
    await expect(reader.locator(".message")).to_have_count(4)
    await expect(
        reader.locator(".news button")
    ).to_be_visible()  # changes of the order wait until the reader asks for them
    assert await shifts(reader) == []


async def test_screen_readers_get_a_few_at_a_time_and_none_when_paused(venue: Venue) -> None:
    reader = await venue.enter("attendee")
    writer = await venue.enter("other")
    said = reader.locator("plenary-toasts > [role=status]")
    for number in range(5):
        await writer.get_by_label("Your message").fill(f"Word {number}")
        await writer.keyboard.press("Enter")
        await expect(writer.locator(".message", has_text=f"Word {number}")).to_be_visible()
    await expect(said).to_contain_text("Other writes: Word 0")
    await reader.locator("summary", has_text="Language, colours, time zone").click()
    await reader.get_by_label("Announce news").uncheck()
    await reader.keyboard.press("Escape")
    await writer.get_by_label("Your message").fill("Unheard")
    await writer.keyboard.press("Enter")
    await expect(reader.locator(".message", has_text="Unheard")).to_be_visible()
    await reader.wait_for_timeout(3_500)  # longer than news is gathered
    await expect(said).not_to_contain_text("Unheard")


async def test_what_was_typed_outlives_a_reload_and_a_refusal(venue: Venue) -> None:
    asker = await venue.enter("attendee")
    await asker.get_by_label("Your question").fill("Half a")
    await asker.reload()
    await expect(asker.get_by_label("Your question")).to_have_value("Half a")
    await asker.get_by_label("Your question").fill("x" * 501)
    await expect(asker.get_by_text("1 character too many")).to_be_visible()
    await asker.keyboard.press("Control+Enter")
    await expect(asker.get_by_label("Your question")).to_have_value("x" * 501)


async def test_an_asker_edits_and_withdraws_a_question(venue: Venue) -> None:
    question = await venue.ask("Wat is this?")
    asker = await venue.enter("attendee")
    own = asker.locator(".own-question")
    await own.get_by_role("button", name="Edit").click()
    await asker.locator("#revise-text").fill("What is this?")
    await own.get_by_role("button", name="Save").click()
    await expect(own).to_contain_text("What is this?")
    await own.get_by_role("button", name="Withdraw").click()
    await expect(own).to_contain_text("Withdrawn")
    assert (await venue.world.question(question)).state is QuestionState.WITHDRAWN


async def test_a_withdrawal_leaves_everyones_list(venue: Venue) -> None:
    await venue.approved("Shall I stay?")
    asker = await venue.enter("attendee")
    reader = await venue.enter("other")
    await expect(card(reader, "Shall I stay?")).to_be_visible()
    await asker.locator(".own-question").get_by_role("button", name="Withdraw").click()
    await expect(card(reader, "Shall I stay?")).to_have_count(0)


async def test_an_attendees_way_by_keyboard_alone(venue: Venue) -> None:
    await venue.approved("Reachable?", "other")
    asker = await venue.enter("attendee")
    await asker.keyboard.press("Tab")
    await expect(asker.get_by_role("link", name="Skip to the content")).to_be_focused()
    await asker.keyboard.press("Enter")
    for _ in range(30):
        await asker.keyboard.press("Tab")
        if await asker.evaluate("document.activeElement.id") == "ask-text":
            break
    await asker.keyboard.type("By keyboard?")
    await asker.keyboard.press("Control+Enter")
    await expect(asker.locator(".own-question")).to_contain_text("By keyboard?")
    for _ in range(20):
        await asker.keyboard.press("Tab")
        if await asker.evaluate("document.activeElement.classList.contains('vote')"):
            break
    await asker.keyboard.press("Space")
    await expect(card(asker, "Reachable?").locator(".vote")).to_have_attribute("aria-pressed", "true")
    await expect(card(asker, "Reachable?").locator(".vote")).to_be_focused()
    for _ in range(20):
        await asker.keyboard.press("Tab")
        if await asker.evaluate("document.activeElement.id") == "tab-chat":
            break
    await asker.keyboard.press("ArrowRight")
    await expect(asker.get_by_role("tab", name="Polls")).to_have_attribute("aria-selected", "true")
    await asker.keyboard.press("ArrowLeft")
    await expect(asker.get_by_label("Your message")).to_be_visible()


async def test_names_are_shown_by_choice_alone(venue: Venue) -> None:
    attendee = await venue.enter("attendee")
    other = await venue.enter("other")
    await attendee.get_by_role("tab", name="People").click()
    await other.get_by_role("tab", name="People").click()
    await expect(other.locator(".people-count")).to_contain_text("2")
    await expect(other.locator(".people li")).to_have_count(0)
    await attendee.get_by_label("Show my name here").check()
    await expect(other.locator(".people li")).to_contain_text("Attendee")


async def test_a_switch_stays_where_it_was_put_while_the_room_catches_up(venue: Venue) -> None:
    """Once the server has agreed, the news of it are still on their way, and others may come first: it would spring back and forth."""

    def slow(route: WebSocketRoute) -> None:
        server, loop = route.connect_to_server(), asyncio.get_running_loop()

        def on_message(frame: str | bytes) -> None:
            if '"id":' in str(frame)[:20]:
                route.send(frame)
            else:
                loop.call_later(0.4, route.send, frame)

        server.on_message(on_message)

    window = await venue.window_of("attendee")
    await window.page.route_web_socket("**/live", slow)
    attendee = window.page
    await attendee.goto(venue.session)
    await live(attendee)
    await attendee.get_by_role("tab", name="People").click()
    stood = await attendee.get_by_label("Show my name here").evaluate(
        """box => new Promise(done => {
            const looks = [];
            box.click();
            const timer = setInterval(() => looks.push(box.checked), 10);
            setTimeout(() => { clearInterval(timer); done(looks); }, 1500);
        })"""
    )
    assert len(stood) > 20
    assert all(stood)
    other = await venue.enter("other")
    await other.get_by_role("tab", name="People").click()
    await expect(other.locator(".people li")).to_contain_text("Attendee")


async def test_what_a_form_has_brought_about_is_said_where_the_page_fills_the_window(venue: Venue) -> None:
    asker = (await venue.window_of("attendee")).page
    await asker.route("**/built/main.js*", lambda route: route.fulfill(content_type="text/javascript", body=""))
    await asker.goto(venue.session)
    await asker.get_by_label("Your question").fill("Before the islands came?")
    await asker.unroute("**/built/main.js*")
    await asker.get_by_role("button", name="Ask", exact=True).click()
    await expect(asker.locator(".toast")).to_contain_text("Your question")
    await expect(asker.locator(".own-question")).to_contain_text("Before the islands came?")


async def test_the_asker_is_notified_on_every_page(venue: Venue) -> None:
    await venue.approved("Will I hear of it?")
    lobby = (await venue.window_of("attendee")).page
    await lobby.goto(f"/c/{venue.slug}")
    await expect(lobby.get_by_label("Your message")).to_be_visible()
    await lobby.wait_for_selector(".chat")
    moderator = await venue.enter("moderator", "/moderate")
    await moderator.keyboard.press("2")
    await moderator.keyboard.press("n")
    await expect(lobby.locator(".toast")).to_contain_text("Your question is being answered now: “Will I hear of it?”")
    await lobby.get_by_role("button", name="Go there").click()
    await expect(lobby).to_have_url(venue.server.url + venue.session)


async def test_a_visitor_reads_live_and_is_asked_to_sign_in(venue: Venue) -> None:
    await venue.approved("Open to all?")
    visitor = await venue.enter(None)
    await expect(card(visitor, "Open to all?")).to_be_visible()
    await expect(visitor.get_by_role("link", name="Sign in to ask and vote")).to_be_visible()
    await expect(visitor.get_by_label("Your question")).to_have_count(0)


async def test_markup_in_texts_is_text(venue: Venue) -> None:
    evil = '<img src=x onerror="document.title=1"><script>alert(1)</script>{{7*7}}'
    await venue.approved(evil, "other")
    await venue.world.do("other", PostMessage(evil))
    reader = await venue.enter("attendee")
    await expect(reader.locator(".question-text")).to_have_text(evil)
    await expect(reader.locator(".message .pre")).to_have_text(evil)
    plain = await venue.enter("attendee", java_script_enabled=False)
    await expect(plain.locator(".question-text").first).to_have_text(evil)
    for page in (reader, plain):
        await expect(page.locator(".question img, .message img, .question script, .message script")).to_have_count(0)


async def test_a_stream_is_played_and_its_failure_is_said_calmly(venue: Venue) -> None:
    await venue.world.do("moderator", StartSession())
    await venue.world.do("moderator", ShowStage(StageKind.HLS, "https://127.0.0.1:9/absent.m3u8"))
    window = await venue.window_of("attendee")
    await window.page.goto(venue.session)
    await expect(window.page.get_by_text("The stream cannot be played right now.")).to_be_visible(timeout=20_000)
    window.faults.clear()  # the stream that is not there, which the browser reports by itself

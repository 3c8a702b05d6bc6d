"""What people type before a page is connected, and while an earlier text is under way: each text is sent once, in order, and none is lost."""

from playwright.async_api import Page, WebSocketRoute, expect

from rooms.chat.messages import SetChat
from rooms.forum.hosting_messages import SetAnonymity, SetReview
from rooms.forum.questions import queries
from tests.browser.conftest import Venue


class Gate:
    """Between a page and the server: while it is shut, nothing that the page sends arrives."""

    def __init__(self, *, shut: bool) -> None:
        self._shut = shut
        self._waiting: list[str | bytes] = []

    async def put(self, page: Page) -> None:
        await page.route_web_socket("**/live", self._between)

    def shut(self) -> None:
        self._shut = True

    def open(self) -> None:
        self._shut = False
        for message in self._waiting:
            self._server.send(message)
        self._waiting.clear()

    def _between(self, route: WebSocketRoute) -> None:
        self._server = route.connect_to_server()
        route.on_message(lambda message: self._waiting.append(message) if self._shut else self._server.send(message))


async def test_messages_typed_before_the_page_is_connected_are_sent_once_and_in_order(venue: Venue) -> None:
    """The island cleared the field of what had been typed before it took over, and the Enter made a new line."""
    page = (await venue.window_of("attendee")).page
    gate = Gate(shut=True)
    await gate.put(page)
    await page.goto(f"{venue.session}#panel-chat")
    box = page.locator("#chat-text")
    await box.click()
    for text in ("one", "two"):
        await box.press_sequentially(text)
        await box.press("Enter")
    await box.press_sequentially("thr")
    await expect(page.locator(".chat-foot")).to_have_count(0)  # the server's form still
    gate.open()
    await expect(page.locator(".message .pre")).to_have_text(["one", "two"])
    await expect(box).to_have_value("thr")
    await expect(box).to_be_focused()
    await box.press_sequentially("ee")
    await box.press("Enter")
    await expect(page.locator(".message .pre")).to_have_text(["one", "two", "three"])


async def test_a_question_asked_before_the_page_is_connected_keeps_its_anonymity(venue: Venue) -> None:
    await venue.world.do("moderator", SetAnonymity(allowed=True))
    await venue.world.do("moderator", SetReview(required=False))
    page = (await venue.window_of("attendee")).page
    gate = Gate(shut=True)
    await gate.put(page)
    await page.goto(venue.session)
    await page.locator("#ask-text").fill("Who pays for this?")
    await page.get_by_label("Ask anonymously").check()
    await page.get_by_role("button", name="Ask", exact=True).click()
    await page.locator("#ask-text").fill("And who decides?")
    gate.open()
    await expect(page.locator("plenary-questions .question-text")).to_have_text(["Who pays for this?"])
    await expect(page.locator("#ask-text")).to_have_value("And who decides?")
    await expect(page.get_by_label("Ask anonymously")).to_be_checked()
    async with venue.world.engine.database.read() as connection:
        assert [question.anonymous for question in await queries.questions_of(connection, venue.world.room)] == [True]


async def test_a_message_sent_while_another_is_under_way_follows_it(venue: Venue) -> None:
    """inputs.md D1: the second Enter did nothing."""
    page = (await venue.window_of("attendee")).page
    gate = Gate(shut=False)
    await gate.put(page)
    await page.goto(f"{venue.session}#panel-chat")
    await expect(page.locator(".chat-foot")).to_be_visible()
    gate.shut()
    box = page.locator("#chat-text")
    for text in ("one", "two", "three"):
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("")
    await box.press_sequentially("four")
    await expect(page.locator(".compose-note")).to_have_text("Sending…")
    await expect(page.locator(".message")).to_have_count(0)
    gate.open()
    await expect(page.locator(".message .pre")).to_have_text(["one", "two", "three"])
    await expect(box).to_have_value("four")


async def test_in_slow_mode_the_next_message_comes_back_into_the_field(venue: Venue) -> None:
    await venue.world.do("moderator", SetChat(open=True, slow_seconds=60))
    page = (await venue.window_of("attendee")).page
    gate = Gate(shut=False)
    await gate.put(page)
    await page.goto(f"{venue.session}#panel-chat")
    await expect(page.locator(".chat-foot")).to_be_visible()
    gate.shut()
    box = page.locator("#chat-text")
    for text in ("one", "two"):
        await box.fill(text)
        await box.press("Enter")
    gate.open()
    await expect(page.locator(".message .pre")).to_have_text(["one"])
    await expect(box).to_have_value("two")
    await expect(page.get_by_text("Slow mode: you can send again in")).to_be_visible()


async def test_without_a_connection_the_form_of_the_server_is_sent(venue: Venue) -> None:
    page = (await venue.window_of("attendee")).page
    await Gate(shut=True).put(page)
    await page.goto(f"{venue.session}#panel-chat")
    box = page.locator("#chat-text")
    for text in ("one", "two"):
        await box.fill(text)
        await box.press("Enter")
    await expect(page.locator(".message .pre")).to_have_text(["one"], timeout=10_000)
    await expect(box).to_have_value("two")

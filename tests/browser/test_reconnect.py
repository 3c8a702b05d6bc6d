"""Row 9: what is done while the connection is away happens once, and what was missed is there afterwards."""

from typing import Any

import sqlalchemy as sa
from playwright.async_api import Page, expect

from rooms.chat.messages import PostMessage
from rooms.chat.tables import messages
from rooms.people.signins import revoke_all
from tests.browser.conftest import Venue, live


async def say(page: Page, text: str) -> None:
    await page.get_by_role("tab", name="Chat").click()
    await page.locator("plenary-chat textarea").fill(text)
    await page.locator("plenary-chat textarea").press("Enter")


def said(page: Page, text: str) -> Any:
    return page.locator("plenary-chat .message", has_text=text)


async def stored(venue: Venue, text: str) -> int:
    async with venue.world.engine.database.read() as connection:
        select = sa.select(sa.func.count()).select_from(messages).where(messages.c.text == text)
        return (await connection.execute(select)).scalar_one()


async def test_a_restart_of_the_server_loses_and_doubles_nothing(venue: Venue) -> None:
    writer, reader = await enter(venue, "attendee"), await enter(venue, "other")
    await say(writer, "Before")
    await reader.get_by_role("tab", name="Chat").click()
    await expect(said(reader, "Before")).to_have_count(1)
    joins = joins_of(reader)

    venue.server.stop()
    await say(writer, "While you were away")
    await expect(writer.locator("plenary-connection")).to_contain_text("Reconnecting")
    await venue.world.do("moderator", PostMessage("WriterStats elsewhere"))
    venue.server.start()

    for page in (writer, reader):
        for text in ("Before", "WriterStats elsewhere", "While you were away"):
            await expect(said(page, text)).to_have_count(1, timeout=20_000)
        await expect(page.locator("plenary-connection")).not_to_contain_text("Reconnecting")
    assert await stored(venue, "While you were away") == 1
    assert joins == ["resumed"]


async def test_a_killed_server_is_noticed_and_found_again(venue: Venue) -> None:
    writer = await enter(venue, "attendee")
    venue.server.kill()
    await say(writer, "Is anybody there?")
    venue.server.start()
    await expect(said(writer, "Is anybody there?")).to_have_count(1, timeout=20_000)
    assert await stored(venue, "Is anybody there?") == 1


async def test_a_page_signed_out_elsewhere_says_so_and_does_not_reconnect(venue: Venue) -> None:
    page = await venue.enter("attendee")
    tickets: list[str] = []
    page.on("request", lambda request: tickets.append(request.url) if request.url.endswith("/live/ticket") else None)
    await revoke_all(venue.world.engine, venue.world.people["attendee"])
    banner = page.locator("plenary-connection")
    await expect(banner).to_contain_text("You have been signed out", timeout=15_000)
    await expect(banner.get_by_role("button", name="Reload the page")).to_be_visible()
    assert tickets == []


def joins_of(page: Page) -> list[str]:
    """How the session is joined from now on: "resumed" or "snapshot", one entry per join."""
    joins: list[str] = []

    def on_frame(frame: str | bytes) -> None:
        text = str(frame)
        if '"resumed":true' in text and '"can":' in text and '"votes":[' in text:
            joins.append("resumed")
        elif '"snapshot":' in text and '"stage":' in text:
            joins.append("snapshot")

    page.on("websocket", lambda socket: socket.on("framereceived", on_frame))
    return joins


async def enter(venue: Venue, who: str) -> Page:
    """The session's page in a window that may find the server gone: what the browser says of that is no fault."""
    window = await venue.window_of(who)
    await window.page.goto(venue.session)
    await live(window.page)
    window.page.remove_listener("console", window._note_console)
    return window.page

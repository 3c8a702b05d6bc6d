"""docs/protocol.md is enough to write a peer: one without a browser talks with Chromium, in either order of joining."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser

from rooms.core.store.journal import rooms
from tests.browser.callers import MEDIA, STAFF, at_the_door, join, meeting_at_booth, until_links
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium
from tests.support.rtc import rtc_peer
from tests.support.server import ticket_for
from tests.support.waiting import until

SOON = 10.0
"""Well below the 15 seconds after which a browser builds the connection again by itself."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with running_chromium(*MEDIA) as chromium:
        yield chromium


@pytest.mark.parametrize("first", ["browser", "program"])
async def test_a_peer_written_from_the_document_talks_with_a_browser(venue: Venue, first: str) -> None:
    world = venue.world
    path = await meeting_at_booth(venue, "attendee", STAFF)
    async with world.engine.database.read() as connection:
        where = (rooms.c.kind == "meeting", rooms.c.subject == path.rpartition("/")[2])
        room = (await connection.execute(sa.select(rooms.c.id).where(*where))).scalar_one()
    page = await at_the_door(venue, STAFF, path)
    ticket = await ticket_for(world.engine, world.people["attendee"])
    async with rtc_peer(venue.server.socket_url, ticket, room) as program:
        program.compares = True
        if first == "browser":
            await join(page)
            await program.call()
        else:
            await program.call()
            await join(page)
        [link] = await until_links(
            page, lambda known: len(known) == 1 and known[0]["camera"] > 5 and known[0]["sound"] > 0, SOON
        )
        assert (link["gen"], link["state"]) == (1, "connected")
        await program.hears_and_sees(program.others[0])
        [link] = await until_links(page, lambda known: known[0]["code"] != "")
        await until(lambda: program.safety[program.others[0]].code)
        assert program.safety[program.others[0]].code == link["code"]

        # The browser builds another connection.
        await page.evaluate(
            "[...document.querySelector('plenary-call').call.monitors.values()][0].link.rebuild('test')"
        )
        before = dict(program.frames[program.others[0]])
        [link] = await until_links(page, lambda known: (known[0]["state"], known[0]["gen"]) == ("connected", 2), SOON)
        await until(lambda: program.frames[program.others[0]]["audio"] > before["audio"] + 10)

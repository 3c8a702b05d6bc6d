"""Calls through a real TURN server: over UDP, TCP and TLS, with a bad line, a relay that freezes, and a credential that has run out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from rooms.core.store.tables import conferences
from tests.browser.callers import (
    MEDIA,
    STAFF,
    all_connected,
    at_the_door,
    call_of,
    flowing,
    join,
    links,
    meeting_at_booth,
    until_links,
)
from tests.browser.conftest import Venue
from tests.support.chromium import running_chromium
from tests.support.components import free_port
from tests.support.coturn import TurnServer, running_coturn
from tests.support.lossy import lossy_relay
from tests.support.server import Server, running_server
from tests.support.waiting import until


@pytest.fixture
def own_turn() -> Iterator[TurnServer]:
    with running_coturn() as server:
        yield server


@pytest.fixture
async def browser(own_turn: TurnServer) -> AsyncIterator[Browser]:
    """One to which the relay's certificate counts."""
    async with running_chromium(*MEDIA, f"--ignore-certificate-errors-spki-list={own_turn.pin}") as chromium:
        yield chromium


@pytest.fixture
def line_port() -> int:
    """A place for a bad network path in front of the relay."""
    return free_port()


@pytest.fixture
def routes(request: pytest.FixtureRequest, own_turn: TurnServer, line_port: int) -> str:
    """How the relay is reached: a test may ask for another way than UDP."""
    way: str = getattr(request, "param", "{url}?transport=udp")
    return way.format(url=own_turn.url, tls=own_turn.tls_url, line=f"turn:127.0.0.1:{line_port}")


@pytest.fixture
def running(own_turn: TurnServer, routes: str) -> Iterator[Server]:
    """A server of the test's own, with the relay."""
    with running_server(turn=routes, turn_secret=own_turn.secret) as server:
        yield server


@pytest.fixture
async def relayed(venue: Venue) -> Venue:
    """A conference in which nobody learns anybody's address."""
    async with venue.world.engine.database.write() as connection:
        mine = conferences.c.id == venue.world.conference
        await connection.execute(conferences.update().where(mine).values(relay_only=True))
    return venue


async def through_relay(pages: list[Page], protocol: str) -> None:
    for page in pages:
        assert [each["local"] for each in await links(page)] == [["relay", protocol]]


@pytest.mark.parametrize(
    ("routes", "protocol", "found"),
    [
        ("{url}?transport=udp", "udp", "UDP and the relay work."),
        ("{line}?transport=udp {url}?transport=tcp", "tcp", "Your network blocks UDP"),
        ("{line}?transport=udp {tls}", "tls", "Your network blocks UDP"),
    ],
    indirect=["routes"],
    ids=["udp", "udp is blocked", "only tls goes through"],
)
async def test_a_call_through_the_relay_alone(relayed: Venue, protocol: str, found: str) -> None:
    path = await meeting_at_booth(relayed, "attendee", STAFF)
    visitor = await at_the_door(relayed, "attendee", path)
    await expect(visitor.locator(".check-item", has_text="Network")).to_contain_text(found, timeout=15_000)
    await join(visitor)
    staff = await join(await at_the_door(relayed, STAFF, path))
    await all_connected([visitor, staff])
    await through_relay([visitor, staff], protocol)
    await expect(visitor.locator(".tile", has_text="Colleague").get_by_text("Relayed")).to_be_visible(timeout=15_000)
    await expect(visitor.locator(".tile", has_text="Colleague").get_by_text("Good connection")).to_be_attached()


async def test_a_relay_that_freezes_and_returns(relayed: Venue, own_turn: TurnServer) -> None:
    path = await meeting_at_booth(relayed, "attendee", STAFF)
    pages = await call_of(relayed, path, "attendee", STAFF)
    await through_relay(pages, "udp")
    own_turn.freeze()
    try:
        for page in pages:
            await until_links(page, lambda known: known[0]["state"] in {"restarting", "rebuilding"})
        await until_links(pages[0], lambda known: known[0]["relayProblem"])
        await expect(pages[0].locator(".tile-trouble")).to_contain_text("The relay does not answer")
    finally:
        own_turn.thaw()
    await all_connected(pages, 60)
    await through_relay(pages, "udp")
    await expect(pages[0].locator(".tile-trouble")).to_have_count(0)


async def test_a_credential_that_has_run_out_is_replaced(relayed: Venue, own_turn: TurnServer) -> None:
    path = await meeting_at_booth(relayed, "attendee", STAFF)
    username, password = own_turn.credentials("attendee", seconds=-60)
    spoilt: list[str] = []

    def spoil(route: WebSocketRoute) -> None:
        """What the call begins with was once good; what is asked for afterwards is."""
        server = route.connect_to_server()

        def on_message(message: str | bytes) -> None:
            text = message if isinstance(message, str) else message.decode()
            if '"token"' in text and '"ice_servers"' in text:
                frame = json.loads(text)
                for each in frame["ok"]["ice_servers"]:
                    each.update(username=username, credential=password)
                spoilt.append(text)
                text = json.dumps(frame)
            route.send(text)

        server.on_message(on_message)

    visitor = await relayed.window_of("attendee")
    await visitor.page.route_web_socket("**/live", spoil)
    await visitor.page.goto(path)
    await join(visitor.page)
    staff = await join(await at_the_door(relayed, STAFF, path))
    await all_connected([visitor.page, staff])
    assert spoilt, "the credential was good: the premise"
    [link] = await links(visitor.page)
    assert [line for line in link["log"] if "401" in line]
    assert "restart: new credentials" in link["log"]
    await through_relay([visitor.page, staff], "udp")


@pytest.mark.parametrize("routes", ["{line}?transport=udp"], indirect=True)
async def test_on_a_bad_line_the_call_falls_back_to_sound_then_to_text_and_comes_back(
    relayed: Venue, own_turn: TurnServer, line_port: int
) -> None:
    async with lossy_relay(own_turn.port, listening=line_port) as line:
        path = await meeting_at_booth(relayed, "attendee", STAFF)
        visitor, staff = await call_of(relayed, path, "attendee", STAFF)
        theirs = staff.locator(".tile", has_text="Attendee")
        line.loss = 0.2
        await expect(visitor.get_by_text("Your video is paused; sound continues").first).to_be_attached(timeout=30_000)
        await expect(theirs.locator("video")).to_have_count(0, timeout=15_000)
        await expect(visitor.get_by_text("sound goes on at a lower quality").first).to_be_attached(timeout=30_000)
        await until_links(visitor, lambda known: known[0]["mode"] == "text")
        await expect(visitor.get_by_text("too weak for sound. Use the chat").first).to_be_attached()
        assert line.lost > 50
        line.loss = 0
        await expect(visitor.get_by_text("Your video is back").first).to_be_attached(timeout=60_000)
        await expect(theirs.locator("video")).to_be_visible(timeout=15_000)
        await until_links(staff, lambda known: known[0]["mode"] == "video")
        await asyncio.gather(flowing(visitor), flowing(staff))


async def test_nothing_works_and_the_check_says_why(relayed: Venue, own_turn: TurnServer) -> None:
    path = await meeting_at_booth(relayed, "attendee")
    own_turn.freeze()
    try:
        visitor = await at_the_door(relayed, "attendee", path)
        network = visitor.locator(".check-item", has_text="Network")
        await expect(network).to_contain_text("a firewall seems to block calls", timeout=60_000)
        await expect(network).to_contain_text("Leave the company's network or VPN")
    finally:
        own_turn.thaw()

    async def found_again() -> bool:
        """It has a backlog to work off first, for however long the machine needs."""
        await network.get_by_role("button", name="Try again").click()
        await expect(network).not_to_contain_text("Trying", timeout=60_000)
        return "UDP and the relay work." in await network.inner_text()

    await until(found_again, 90)

"""One running server for all tests of this folder; a conference of its own, with a session and its people, for each of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.delivery.bus.memory import MemoryBus
from rooms.core.ids import new_id
from rooms.forum.questions.moderation_messages import ApproveQuestion
from rooms.people import accounts, roles
from rooms.programme.actions import create_conference, create_session
from rooms.programme.queries import conference_by_id
from tests.support.chromium import Window
from tests.support.server import Server, cookie_of, running_server, sign_in
from tests.support.world import TestClock, World, make_engine

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESKTOP = {"width": 1440, "height": 900}


@dataclass
class Venue:
    server: Server
    world: World
    slug: str
    window: Callable[..., Awaitable[Window]]
    doors: dict[str, Page] = field(default_factory=dict)

    @property
    def session(self) -> str:
        return f"/c/{self.slug}/sessions/{self.world.session}"

    async def ask(self, text: str, who: str = "attendee", *, anonymous: bool = False) -> str:
        """A question that is a moment younger than the one before."""
        self.world.clock.advance(milliseconds=1)
        return await self.world.ask(text, who, anonymous=anonymous)

    async def approved(self, text: str, who: str = "attendee") -> str:
        question = await self.ask(text, who)
        await self.world.do("moderator", ApproveQuestion(question, (await self.world.question(question)).version))
        return question

    async def window_of(self, who: str | None, **options: Any) -> Window:
        """A window in which one of the world's people is signed in; None: nobody."""
        options = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Asia/Shanghai", **options}
        window = await self.window(base_url=self.server.url, **options)
        if who is not None:
            signin = await sign_in(self.world.engine, self.world.people[who])
            await window.context.add_cookies([cookie_of(self.server, self.world.engine, signin)])
        return window

    async def act(self, who: str, command: Command, *, room: str = "") -> None:
        """Performs a command in the server itself, by its form door: its members receive it at once, not after the next comparison."""
        page = self.doors.get(who)
        if page is None:
            self.doors[who] = page = (await self.window_of(who)).page
            await page.goto("/account")
        given = msgspec.to_builtins(command)
        fields = {
            name: str(value)
            for name, value in given.items()
            if name != "op" and value is not False and value is not None
        }
        fields |= {"room": room or self.world.room, "key": new_id(), "next": "/account"}
        status = await page.evaluate(
            """async ([op, fields]) => {
                const csrf = document.querySelector('meta[name="csrf"]').content;
                const body = new URLSearchParams({...fields, csrf});
                return (await fetch(`/do/${op}`, {method: "POST", body})).status;
            }""",
            [given["op"], fields],
        )
        assert status == 200

    async def enter(self, who: str | None, end: str = "", **options: Any) -> Page:
        """The session's page, or /moderate, /speak, /screen; live already, unless there is no JavaScript."""
        window = await self.window_of(who, **options)
        await window.page.goto(self.session + end)
        if options.get("java_script_enabled", True):
            await live(window.page)
        return window.page


async def live(page: Page) -> None:
    """Waits until the islands have taken over what the server has drawn."""
    await page.wait_for_selector("plenary-questions .questions-bar, .console, .speaker-times, plenary-screen.live")


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
async def world(running: Server) -> AsyncIterator[World]:
    """People: attendee, other (an attendee too), speaker, moderator (of the session), colleague (moderator of the conference), organiser."""
    clock = TestClock(datetime.now(UTC))
    world = World([make_engine(running.database, MemoryBus(), clock)], clock)
    world.lift_limits()
    async with world.engine.database.write() as connection:
        now, today = clock(), clock().date()
        world.conference, world.lobby = await create_conference(
            connection,
            slug=new_id(),
            title="The Forum",
            zone="Asia/Shanghai",
            starts_on=today,
            ends_on=today,
            now=now,
        )
        starts_at = now + timedelta(minutes=5)
        world.session, world.room = await create_session(
            connection,
            world.conference,
            title="Opening",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            now=now,
        )
        held = {
            "attendee": None,
            "other": None,
            "speaker": (Role.SPEAKER, world.session),
            "moderator": (Role.MODERATOR, world.session),
            "colleague": (Role.MODERATOR, None),
            "organiser": (Role.ORGANISER, None),
        }
        for name, right in held.items():
            account = await accounts.create(
                connection, name=name.title(), email=f"{new_id()}@example.org", verified=True, at=now
            )
            world.people[name] = account.id
            if right is not None:
                role, session = right
                await roles.grant(
                    connection,
                    person=account.id,
                    conference=world.conference,
                    session=session,
                    role=role,
                    by=None,
                    at=now,
                )
    yield world
    await world.close()


@pytest.fixture
async def venue(running: Server, world: World, window: Callable[..., Awaitable[Window]]) -> Venue:
    async with world.engine.database.read() as connection:
        slug = (await conference_by_id(connection, world.conference)).slug
    return Venue(running, world, slug, window)

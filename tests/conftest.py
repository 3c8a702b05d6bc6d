"""Fixtures that give tests real components. Each skips its test when the component is absent (and fails it where CI is set).

    sqlite_url        address of a new SQLite file
    redis_server      the Redis of this run; not to be stopped          redis_url     its address, emptied before the test
    own_redis         a Redis of the test's own, to kill() freeze() thaw() stop() start()
    postgres_server   the PostgreSQL of this run; not to be stopped     postgres_url  address of a new, empty database in it
    own_postgres      a PostgreSQL of the test's own (initdb takes a second or two)
    world             people, a conference and a session in one process, on SQLite and the memory bus (tests/support/world.py)
    site              the pages of that world                           emails        what it has mailed
    visitor           a browser without JavaScript on that site
    grown_world       the same in two processes, on PostgreSQL and Redis
    each_world        the same in two processes, once on SQLite and the memory bus, once on PostgreSQL and Redis
    turn_server       the coturn of this run: url, credentials(person)
    browser           a Chromium of the test's own                      window        opens windows in it: one per person

    async def test_both_see_it(window, postgres_url):
        speaker = await window(base_url=url, locale="zh-CN", color_scheme="dark")
        await speaker.page.goto("/")

At the end of a test nothing may have gone wrong in any window unseen; a test that provokes errors empties `faults` itself.
When a browser test fails, screenshots of its windows are in tests/output. The run ends with a list of what was skipped and why.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import web.links  # noqa: F401 - registers the paths that notices link to
from rooms.core.delivery.bus.interface import Bus
from rooms.core.delivery.bus.redis import RedisBus
from tests.support.coturn import TurnServer, running_coturn
from tests.support.postgres import QUICK, QUICKEST, PostgresServer, running_postgres
from tests.support.redis import RedisServer, running_redis
from tests.support.visitor import Outbox, Visitor, make_site
from tests.support.world import World, furnish, running_world
from web.site import Site

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.support.chromium import Window

OUTPUT = Path(__file__).parent / "output"
FAILED = pytest.StashKey[bool]()
SLOW = {"browser", "faults"}  # folders of tests


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'plenary.sqlite3'}"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres(QUICKEST) as server:
        yield server


@pytest.fixture
async def postgres_url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    name = await postgres_server.create_database()
    yield postgres_server.url(name)
    await postgres_server.drop_database(name)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with running_world(sqlite_url) as world:
        yield world


@pytest.fixture
def emails() -> Outbox:
    return Outbox()


@pytest.fixture
def site(world: World, emails: Outbox) -> Site:
    return make_site(world, emails)


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    made = Visitor(site)
    yield made
    await made.http.aclose()


@pytest.fixture
async def grown_world(postgres_server: PostgresServer, redis_url: str) -> AsyncIterator[World]:
    template, known = await postgres_server.prepare_template("furnished", furnish)
    name = await postgres_server.create_database(template)
    buses: list[Bus] = [RedisBus(redis_url, prefix=name) for _ in range(2)]
    async with running_world(postgres_server.url(name), buses=buses, known=known) as world:
        yield world
    await postgres_server.drop_database(name)


@pytest.fixture(params=["world_of_two", "grown_world"], ids=["SQLite and memory", "PostgreSQL and Redis"])
def each_world(request: pytest.FixtureRequest) -> World:
    return request.getfixturevalue(request.param)


@pytest.fixture
async def world_of_two(sqlite_url: str) -> AsyncIterator[World]:
    async with running_world(sqlite_url, processes=2) as world:
        yield world


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    with running_postgres(QUICK) as server:
        yield server


@pytest.fixture(scope="session")
def turn_server() -> Iterator[TurnServer]:
    with running_coturn() as server:
        yield server


@pytest.fixture
def system_font() -> str:
    """For a test to parametrize: the only font of the browser's system. Empty: the fonts of this machine, and Plenary's own."""
    return ""


@pytest.fixture
async def browser(system_font: str) -> AsyncIterator["Browser"]:
    from tests.support.chromium import running_chromium  # Playwright is slow to import, and most tests need none

    async with running_chromium(system_font=system_font) as chromium:
        yield chromium


@pytest.fixture
async def window(
    browser: "Browser", request: pytest.FixtureRequest
) -> AsyncIterator[Callable[..., Awaitable["Window"]]]:
    from tests.support.chromium import open_window

    windows: list[Window] = []

    async def opened(**options: Any) -> "Window":
        windows.append(await open_window(browser, **options))
        return windows[-1]

    yield opened
    if request.node.stash.get(FAILED, False):
        OUTPUT.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        for number, each in enumerate(windows, 1):
            await each.page.screenshot(path=OUTPUT / f"{name}-{number}.png", full_page=True)
    faults = [fault for each in windows for fault in each.faults]
    assert not faults, "\n".join(["went wrong in a window unseen:", *faults])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the tests, the files that take longest come first, so that none is alone at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.path.relative_to(config.rootpath).parts[1] not in SLOW)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped: dict[str, set[str]] = defaultdict(set)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped[reason.removeprefix("Skipped: ")].add(report.nodeid)
    if not skipped:
        return
    terminalreporter.section("skipped, and why")
    for reason, tests in sorted(skipped.items()):
        files = sorted({test.partition("::")[0] for test in tests})
        terminalreporter.write_line(f"{len(tests)} × {reason}  [{', '.join(files)}]")

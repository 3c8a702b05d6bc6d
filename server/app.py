"""Puts the house together and opens its doors."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

import rooms.slices  # noqa: F401 - registers every kind of room and every command
from rooms.core.clock import system_clock
from rooms.core.delivery.bus.choice import bus_at
from rooms.core.delivery.hub import Hub
from rooms.core.engine import House
from rooms.core.errors import Problem
from rooms.core.files.store import FolderStore
from rooms.core.store.database import Database
from rooms.exhibition.files.uploads import Files
from rooms.exhibition.presence.attendance import EVERY_SECONDS, Attendance
from rooms.meetings import call_expiry as sweeping
from server import api, health
from server.health import Readiness
from server.live.socket import live
from server.metrics import Metrics
from server.settings import Settings
from server.turnstile import Turnstile
from server.watch import Inside, Watch
from signaling.calls import Calls, Ice
from web.mail import LogMailer, Postbox, SmtpMailer
from web.pages.problems import handlers
from web.routes import routes
from web.security import Security
from web.site import Site

log = logging.getLogger("plenary")

PRUNE_SECONDS = 3600
SWEEP_SECONDS = 900


def make_house(settings: Settings) -> House:
    database = Database(settings.database)
    bus = bus_at(settings.redis)
    return House(database, bus, Hub(database, bus, system_clock, settings.secret), settings.secret)


def make_site(settings: Settings, house: House) -> Site:
    return Site(
        house=house,
        base_url=settings.url,
        name=settings.name,
        media_hosts=settings.media_hosts,
        trusted_proxies=settings.trusted_proxies,
        ice=Ice(settings.turn, settings.turn_secret),
        store=FolderStore(settings.data / "files"),
        post=Postbox(SmtpMailer(settings.smtp, settings.mail_from) if settings.smtp else LogMailer()),
    )


def make_app(settings: Settings, readiness: Readiness | None = None) -> Watch:
    """The ASGI application; its lifespan starts and stops the house. Who drains it says so by `readiness`."""
    house = make_house(settings)
    site = make_site(settings, house)
    metrics = Metrics(house, site.calls)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await house.hub.start()
        chores = [
            asyncio.create_task(_prune(house, timedelta(days=settings.journal_days))),
            asyncio.create_task(metrics.sample_lag()),
            asyncio.create_task(_attend(Attendance(house))),
            asyncio.create_task(_keep(site.calls)),
            asyncio.create_task(_sweep(site.files)),
        ]
        # What has been loaded stays for good: the collector need not look at it again while thousands are connected. It looks at what is new often,
        # because to let go of what 400 pages have left behind in rings takes 80 ms, in which nobody is served.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 100, 100)
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await site.calls.stop()
            await house.hub.stop()
            await site.post.stop()
            site.passwords.close()
            await house.database.close()

    app = Starlette(
        routes=[*routes(), *api.routes(), *health.routes(readiness or Readiness())],
        exception_handlers=handlers(),
        lifespan=lifespan,
        middleware=[Middleware(Inside)],
    )

    turnstile = Turnstile()

    async def doors(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await live(scope, receive, send)
            return
        # Probes pass by, or the process would be taken for dead when many come.
        if scope["type"] == "http" and not scope["path"].startswith("/health/"):
            await turnstile.enter()
        await app(scope, receive, send)

    # Under https the process speaks to a proxy: what comes under the public name then comes from strangers.
    return Watch(Security(doors, site), metrics, settings.metrics_networks, site.authority if site.secure else None)


async def _keep(calls: Calls) -> None:
    while True:
        await asyncio.sleep(sweeping.EVERY_SECONDS)
        try:
            await calls.keep()
        except Problem as problem:
            log.warning("the round of the calls was put off: %s", problem)
        except Exception:
            log.exception("the round of the calls failed")  # the next one must not fail to come


async def _attend(attendance: Attendance) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        with contextlib.suppress(Problem):
            await attendance.look()


async def _sweep(files: Files) -> None:
    while True:
        with contextlib.suppress(Problem, OSError):
            await files.sweep()
        await asyncio.sleep(SWEEP_SECONDS)


async def _prune(house: House, kept: timedelta) -> None:
    while True:
        await asyncio.sleep(PRUNE_SECONDS)
        with contextlib.suppress(Problem):
            await house.prune(kept)

"""Builds the application from the settings."""

import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from importlib import metadata

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

import rooms.slices  # noqa: F401 - registers every kind of room and every command
from rooms.core.background import BackgroundTasks
from rooms.core.clock import system_clock
from rooms.core.delivery.bus.choice import bus_at
from rooms.core.delivery.hub import Hub
from rooms.core.engine import Engine
from rooms.core.files.store import FolderStore
from rooms.core.jobs import JOBS
from rooms.core.store.database import Database
from rooms.exhibition.presence.attendance import EVERY_SECONDS as ATTENDANCE_SECONDS
from rooms.exhibition.presence.attendance import Attendance
from rooms.meetings.call_expiry import EVERY_SECONDS as CALL_SECONDS
from server import api, health
from server.admission import RequestPacer
from server.health import Readiness
from server.live.socket import live
from server.metrics import Metrics
from server.settings import Settings
from server.watch import Inside, Watch
from signaling.calls import Ice
from signaling.stage.builtin import StageOptions
from signaling.stage.stages import KEEP_SECONDS
from web import meeting_invitations, programme_news
from web.mail import LogMailer, Postbox, SmtpMailer
from web.problems import handlers
from web.routes import routes
from web.security import Security
from web.site import Site

log = logging.getLogger("plenary")

VERSION = metadata.version("plenary")
PRUNE_SECONDS = 3600
FILES_SECONDS = 900


def make_engine(settings: Settings) -> Engine:
    database = Database(settings.database)
    bus = bus_at(settings.redis)
    return Engine(database, bus, Hub(database, bus, system_clock, settings.secret), settings.secret)


def make_site(settings: Settings, engine: Engine) -> Site:
    return Site(
        engine=engine,
        base_url=settings.url,
        name=settings.name,
        contact=settings.contact,
        media_hosts=settings.media_hosts,
        trusted_proxies=settings.trusted_proxies,
        ice=Ice(settings.turn, settings.turn_secret),
        stage=StageOptions(settings.data, "", settings.stage_port, settings.stage_addresses, VERSION),
        store=FolderStore(settings.data / "files"),
        post=Postbox(SmtpMailer(settings.smtp, settings.mail_from, settings.contact) if settings.smtp else LogMailer()),
    )


def make_app(settings: Settings, readiness: Readiness | None = None) -> Watch:
    """The ASGI application; its lifespan starts and stops the engine. `readiness` says when the process is draining."""
    engine = make_engine(settings)
    site = make_site(settings, engine)
    jobs = BackgroundTasks(log)
    metrics = Metrics(engine, site.calls, jobs)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await engine.hub.start()
        await site.stages.start()
        for job in JOBS:
            jobs.repeat(job.name, job.seconds, partial(job.run, engine))
        jobs.repeat("journal.prune", PRUNE_SECONDS, partial(engine.prune, timedelta(days=settings.journal_days)))
        jobs.repeat("exhibition.attendance", ATTENDANCE_SECONDS, Attendance(engine).look)
        jobs.repeat("calls.keep", CALL_SECONDS, site.calls.keep)
        jobs.repeat("stages.keep", KEEP_SECONDS, site.stages.keep)
        invites = partial(meeting_invitations.send, site)
        jobs.repeat("meetings.invitations", meeting_invitations.EVERY_SECONDS, invites)
        jobs.repeat("programme.news", programme_news.EVERY_SECONDS, partial(programme_news.send, site))
        jobs.repeat("files.delete_unknown", FILES_SECONDS, site.intake.delete_unknown)
        jobs.spawn(metrics.sample_lag())
        # Loaded code is never freed, so the collector can ignore it. It runs often on new objects, because freeing the reference cycles that 400 pages
        # leave behind would block the process for 80 ms.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 100, 100)
        try:
            yield
        finally:
            await jobs.end()
            await site.tasks.end()
            await site.calls.stop()
            await site.stages.stop()
            await engine.hub.stop()
            await site.post.stop()
            site.passwords.close()
            await engine.database.close()

    app = Starlette(
        routes=[*routes(), *api.routes(), *health.routes(readiness or Readiness())],
        exception_handlers=handlers(),
        lifespan=lifespan,
        middleware=[Middleware(Inside)],
    )

    pacer = RequestPacer()

    async def doors(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await live(scope, receive, send)
            return
        # Health checks bypass the pacer: the process would seem dead when it is only busy.
        if scope["type"] == "http" and not scope["path"].startswith("/health/"):
            await pacer.enter()
        await app(scope, receive, send)

    # With https a proxy is in front, so a request under the public name comes from outside.
    return Watch(Security(doors, site), metrics, settings.metrics_networks, site.authority if site.secure else None)

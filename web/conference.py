"""The context of a conference's pages: the conference and its viewer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rooms.conduct.pending import waiting
from rooms.core.commands.access import Actor, resolve
from rooms.core.commands.people import PresenceView, Role
from rooms.core.engine import RoomView
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.people import rules
from rooms.programme import queries
from rooms.programme.queries import Conference
from web import links
from web.site import Site, site_of
from web.templating import page
from web.viewer import Viewer, viewer_of
from web.zones import NO_ZONES, Zones, zones_of


@dataclass(frozen=True, slots=True)
class Entered:
    """`actor` is the viewer in the lobby; `zone` is their chosen zone for times; `reports` is the number of open reports.
    `zones` are those that the viewer finds in the menu."""

    site: Site
    viewer: Viewer
    conference: Conference
    actor: Actor
    reports: int = 0
    zones: Zones = NO_ZONES

    @property
    def event_zone(self) -> ZoneInfo:
        return ZoneInfo(self.conference.zone)

    @property
    def zone(self) -> ZoneInfo:
        return self.viewer.zone_for(self.event_zone)

    @property
    def may_organise(self) -> bool:
        return Role.ORGANISER in self.actor.roles

    @property
    def path(self) -> str:
        return links.path("conference", self.conference.slug)

    @property
    def frame(self) -> dict[str, Any]:
        """The template context of a conference's pages: navigation and time zone."""
        return {
            "conference": self.conference,
            "may_organise": self.may_organise,
            "reports": self.reports,
            "navigation": self.zones,
            "zone": self.zone,
            "event_zone": self.event_zone,
            "path": self.path,
            "lobby": self.conference.room,
        }

    async def page(self, request: Request, template: str, **context: Any) -> HTMLResponse:
        """Renders a page of the conference; `context` overrides the default context."""
        return await page(request, template, **{**self.frame, **context})


@dataclass(frozen=True, slots=True)
class Location:
    """A room and the page that shows it, for the templates of its chat."""

    room: str
    path: str
    present: PresenceView | None = None


async def enter(request: Request, connection: AsyncConnection) -> Entered:
    """The conference in the path, with the viewer's rights. Raises Problem "not_found" or "forbidden"."""
    return await enter_at(request, connection, request.path_params["conference"])


async def enter_at(request: Request, connection: AsyncConnection, slug: str) -> Entered:
    """Like `enter`, for an address without a page."""
    site, viewer = site_of(request), await viewer_of(request)
    conference = await queries.conference(connection, slug)
    room = await journal.find_room(connection, conference.room)
    actor = await resolve(connection, viewer.id, room, site.engine.clock())
    reports = await waiting(connection, conference.id) if Role.ORGANISER in actor.roles else 0
    zones = await zones_of(connection, conference.id, signed_in=viewer.id is not None)
    return Entered(site, viewer, conference, actor, reports, zones)


async def frame_of(request: Request, connection: AsyncConnection, slug: str) -> dict[str, Any]:
    """The frame of the conference from which someone came to a page of no conference, as a way back; empty if they may not visit it."""
    try:
        return (await enter_at(request, connection, slug)).frame if slug else {}
    except Problem:
        return {}


FindRoom = Callable[[AsyncConnection, str, str], Awaitable[str]]
"""(connection, conference, subject) → the room of the subject. Raises Problem "not_found"."""


async def enter_room(request: Request, find: FindRoom, subject: str) -> tuple[Entered, str, RoomView]:
    """The conference and one of its rooms, with the viewer's rights. Raises Problem "not_found" or "forbidden"."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        room = await find(connection, entered.conference.id, subject)
    return entered, room, await entered.site.engine.view(entered.viewer.id, room)


async def enter_as_organiser(request: Request, connection: AsyncConnection) -> Entered:
    """Like `enter`, for organisers. Also raises Problem "not_signed_in" or "forbidden"."""
    entered = await enter(request, connection)
    rules.organises(entered.actor)
    return entered

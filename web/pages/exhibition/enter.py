"""The context of the staff's pages: the booth and the viewer's rights there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from rooms.core.commands.access import Actor, resolve
from rooms.core.commands.registry import permitted
from rooms.core.store import journal
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.messages import BoothView
from web.conference import Entered, enter


@dataclass(frozen=True, slots=True)
class AtBooth:
    """`visit` is the viewer as an actor at the booth."""

    entered: Entered
    actor: Actor
    booth: BoothView

    @property
    def path(self) -> str:
        return f"{self.entered.path}/exhibition/{self.booth.id}"

    async def page(self, request: Request, template: str, **context: Any) -> HTMLResponse:
        """Renders a page of the booth; `context` overrides the default context."""
        given = {"booth": self.booth, "room": self.actor.room.id, "booth_path": self.path, "can": permitted(self.actor)}
        return await self.entered.page(request, template, **{**given, **context})


async def enter_booth(request: Request, connection: AsyncConnection, allowed: Callable[[Actor], object]) -> AtBooth:
    """The booth in the path, if a rule allows it. Raises Problem "not_found", and the problems of the rule."""
    entered = await enter(request, connection)
    room = await queries.booth_room(connection, entered.conference.id, request.path_params["booth"])
    found, now = await journal.find_room(connection, room), entered.site.engine.clock()
    actor = await resolve(connection, entered.viewer.id, found, now)
    allowed(actor)
    return AtBooth(entered, actor, queries.view_of(await queries.booth_row(connection, actor.room.subject)))


def sheet(data: bytes, name: str) -> Response:
    """A CSV file for download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)

"""/files/<id>/<name>: serves exhibitors' files to people who may enter the booth."""

import contextlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT, Actor, resolve
from rooms.core.errors import Problem
from rooms.core.files.intake import StoredFile
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import find_room, room_of
from rooms.exhibition.files import actions, queries
from rooms.exhibition.files.messages import FileKind
from web.site import site_of
from web.stored_files import file_response
from web.viewer import viewer_of

ONCE = Rate(1, 600)
"""A visitor counts once per file within this time."""


async def serve(request: Request) -> Response:
    id, name = request.path_params["file"], request.path_params["name"]
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        row = await queries.file_row(connection, id)
        if queries.address_of(row.id, row.kind, row.ending) != f"/files/{id}/{name}" or row.link:
            raise Problem("not_found", ABSENT)
        room = await find_room(connection, await room_of(connection, "booth", row.booth))
        actor = await resolve(connection, viewer.id, room, site.engine.clock())
    file = StoredFile(row.id, row.ending, row.size, row.digest)
    cache = "private, max-age=3600" if row.kind == FileKind.LOGO else "private, no-cache"
    response, begins = await file_response(
        request, file, row.title, attached=row.kind == FileKind.BROCHURE, cache=cache
    )
    if begins:
        await _count(request, row, actor)
    return response


async def _count(request: Request, row: Any, actor: Actor) -> None:
    """Counts a visitor's download, once in a while. The booth's staff and prefetching browsers do not count."""
    if row.kind != FileKind.BROCHURE or actor.moderates or "prefetch" in request.headers.get("sec-purpose", ""):
        return
    engine, viewer = site_of(request).engine, await viewer_of(request)
    known = viewer.address if request.scope["state"].get("browser_is_new") else viewer.browser
    with contextlib.suppress(Problem):  # a failed count must not prevent the download
        engine.limits.take("download", f"{row.id} {viewer.id or known}", ONCE)
        async with engine.database.write() as connection:
            await actions.note_download(connection, row, actor, engine.clock())


routes = [Route("/files/{file}/{name}", serve)]

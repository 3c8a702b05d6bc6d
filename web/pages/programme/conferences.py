"""The start page: the conferences that are open to the viewer. If there is only one, redirects to it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rooms.core.commands.access import resolve_many
from rooms.core.errors import Problem
from rooms.core.store import journal
from rooms.programme import queries
from web import links
from web.site import site_of
from web.templating import page
from web.viewer import viewer_of


async def front_door(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    now = site.engine.clock()
    async with site.engine.database.read() as connection:
        known = await queries.all_conferences(connection)
        lobbies = await journal.heads(connection, [conference.room for conference in known])
        wanted = [(viewer.id, lobbies.get(conference.room)) for conference in known]
        visits = await resolve_many(connection, wanted, now)
    mine = [one for one, actor in zip(known, visits, strict=True) if not isinstance(actor, Problem)]
    may_found = viewer.person is not None and viewer.person.admin and viewer.person.verified
    if len(mine) == 1 and not may_found:
        return RedirectResponse(links.path("conference", mine[0].slug), 303)
    today = now.date()
    coming = sorted((one for one in mine if one.ends_on >= today), key=lambda one: one.starts_on)
    past = [one for one in mine if one.ends_on < today]
    return await page(request, "programme/conferences.html", coming=coming, past=past, today=today, may_found=may_found)


routes = [Route("/", front_door)]

"""POST /preferences: language, colours, zone. Each is stored in the browser; the language also with the person."""

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import accounts
from web.cookies import LOCALE, LONG, THEME, ZONE, set_cookie
from web.forms import local_path, read_form, text
from web.site import site_of
from web.viewer import THEMES, ZONES, viewer_of


async def choose(request: Request) -> RedirectResponse:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    response = RedirectResponse(local_path(text(form, "next")), 303)
    for name, choices in ((LOCALE, site.languages.codes), (THEME, THEMES), (ZONE, ZONES)):
        if name not in form:
            continue
        value = text(form, name)
        if value not in choices:
            raise Problem("invalid", N_("This choice does not exist."), field=name)
        set_cookie(site, response, name, value, LONG)
        if name == LOCALE and viewer.person is not None:
            async with site.engine.transaction() as tx:
                await accounts.prefer(tx.connection, viewer.person.id, locale=value)
    return response


routes = [Route("/preferences", choose, methods=["POST"])]

"""/setup/…: the first administrator of a new installation; the operator finds the link where Plenary was started."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people import administrators
from web.forms import read_form, text
from web.pages.people.signin import browser_of, welcome
from web.site import site_of
from web.templating import page
from web.viewer import viewer_of

READY = N_("Plenary is set up. Create your first conference.")


async def show(request: Request) -> Response:
    await administrators.check_setup(site_of(request).engine, request.path_params["secret"])
    return await _page(request, {})


async def set_up(request: Request) -> Response:
    site, form, viewer = site_of(request), await read_form(request), await viewer_of(request)
    typed = {"name": text(form, "name"), "email": text(form, "email")}
    try:
        entered = await administrators.set_up(
            site.engine,
            site.passwords,
            await browser_of(request),
            request.path_params["secret"],
            **typed,
            password=text(form, "password"),
            locale=viewer.locale,
        )
    except Problem as problem:
        if problem.field is None:
            raise
        return await _page(request, typed, problem)
    return await welcome(request, entered.account, entered.signin, entered.next, READY)


async def _page(request: Request, typed: dict[str, str], problem: Problem | None = None) -> Response:
    return await page(request, "people/setup.html", problem=problem, typed=typed, here="/")


routes = [
    Route("/setup/{secret}", show),
    Route("/setup/{secret}", set_up, methods=["POST"]),
]

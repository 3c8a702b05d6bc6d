"""/c/…/organise/matchmaking: opens matchmaking, and shows how many take part."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.matchmaking import queries
from web.conference import enter_as_organiser
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        settings = await queries.settings_of(connection, entered.conference.id)
        counts = await queries.counts(connection, entered.conference.id, entered.site.engine.clock())
    return await entered.page(
        request,
        "matchmaking/organise.html",
        settings=settings,
        counts=counts,
        here=f"{entered.path}/organise/matchmaking",
    )


routes = [Route("/c/{conference}/organise/matchmaking", show)]

"""/c/…/organise/exhibitors: who applies to exhibit. What organisers decide are commands, posted to /do/…."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition import applying, directory
from rooms.exhibition.record_tables import exhibitor_applications
from web.conference import enter_as_organiser
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).house.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        here = exhibitor_applications.c.conference == entered.conference.id
        applications = await applying.applications(connection, here)
        halls = await directory.halls(connection, entered.conference.id)
    return await entered.page(
        request,
        "organise_exhibitors.html",
        waiting=[each for each in applications if each.state in applying.OPEN],
        decided=[each for each in applications if each.state not in applying.OPEN],
        halls=[hall.name for hall in halls],
        here=f"{entered.path}/organise/exhibitors",
    )


routes = [Route("/c/{conference}/organise/exhibitors", show)]

"""POST /live/ticket: a page asks for a ticket each time that it opens its live connection."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rooms.core.rate_limits import Rate
from rooms.people.tickets import issue_ticket
from web.forms import check_token
from web.site import site_of
from web.viewer import viewer_of

# Whole offices share an address and reconnect at once when a server restarts.
TICKETS = Rate(2000, 60)


async def ticket(request: Request) -> JSONResponse:
    """{"ticket": "…"}, also without a sign-in. Raises Problem "forbidden" without the page's token."""
    site, viewer = site_of(request), await viewer_of(request)
    await check_token(request)
    site.engine.limits.take("ticket", viewer.signin or viewer.address, TICKETS)
    return JSONResponse({"ticket": issue_ticket(site.engine, viewer.signin)})


routes = [Route("/live/ticket", ticket, methods=["POST"])]

"""/c/…/organise/organisations: all organisations of a conference, and those that look like one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.organisations import queries
from rooms.organisations.queries import PAGE
from web.conference import enter_as_organiser
from web.forms import asked_number
from web.site import site_of


async def show(request: Request) -> Response:
    words = request.query_params.get("words", "")[:100].strip()
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        conference = entered.conference.id
        total = await queries.count(connection, conference, words)
        number = min(number, max(total - 1, 0) // PAGE)
        listed = await queries.page(connection, conference, words, number)
        duplicates = await queries.duplicates(connection, conference)
    return await entered.page(
        request,
        "organisations/organise.html",
        organisations=listed,
        duplicates=duplicates,
        words=words,
        total=total,
        number=number,
        pages=(total + PAGE - 1) // PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        here=f"{entered.path}/organise/organisations",
    )


routes = [Route("/c/{conference}/organise/organisations", show)]

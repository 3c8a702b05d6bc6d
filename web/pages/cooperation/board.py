"""/c/…/cooperation/board: ideas for consortia, with the roles and countries that they seek and those that are filled."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries, search
from rooms.cooperation.messages import EntrySide
from rooms.cooperation.roles import partners
from rooms.cooperation.search import PAGE
from web.choices import countries
from web.conference import enter
from web.forms import asked_number
from web.pages.cooperation.directory import saved_by
from web.site import site_of

IDEA = EntrySide.IDEA.value


async def show(request: Request) -> Response:
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, person = entered.conference.id, entered.viewer.id
        types = await queries.types(connection, conference, archived=True)
        saved = [row for row in await saved_by(connection, conference, person) if row.query.get("side") == IDEA]
        asked: dict[str, Any] = dict(request.query_params)
        if chosen := next((row for row in saved if row.id == asked.get("search")), None):
            asked = chosen.query
        query = search.query_of({**asked, "side": IDEA}, types)
        total = await search.count(connection, conference, query)
        number = min(number, max(total - 1, 0) // PAGE)
        listed = await search.page(connection, conference, query, number)
        filled = await partners(connection, [each.id for each in listed])
    return await entered.page(
        request,
        "cooperation/board.html",
        query=query,
        ideas=listed,
        filled=filled,
        types={each.id: each for each in types},
        open_types=[each for each in types if not each.archived and each.side is EntrySide.IDEA],
        countries=countries(entered.viewer.locale),
        saved=saved,
        total=total,
        number=number,
        pages=(total + PAGE - 1) // PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        here=f"{entered.path}/cooperation/board",
    )


routes = [Route("/c/{conference}/cooperation/board", show)]

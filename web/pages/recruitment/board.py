"""/c/…/recruitment: the job board."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.organisations.queries import mine
from rooms.recruitment.candidates import queries as candidates
from rooms.recruitment.jobs import queries, search
from web.conference import enter
from web.forms import asked_number
from web.pages.recruitment.words import facet_choices, shown
from web.site import site_of


async def show(request: Request) -> Response:
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, person = entered.conference.id, entered.viewer.id
        query = search.SEARCH.query(request.query_params)
        total = await search.count(connection, conference, query)
        number = min(number, max(total - 1, 0) // search.PAGE)
        listed = await search.page(connection, conference, query, number)
        counts = await search.SEARCH.counts(connection, query, search.shown(conference))
        employers = await queries.employers(connection, conference)
        own = await mine(connection, conference, person) if person else []
        invitations = await candidates.invitations_of(connection, conference, person) if person else []
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    names = {id: (texts.get(locale) or {}).get("name") or name for id, name, texts in employers}
    return await entered.page(
        request,
        "recruitment/board.html",
        query=query,
        jobs=listed,
        facets=facet_choices(counts, locale, gettext, names),
        own=[each for each, _ in own],
        invitations=len(invitations),
        total=total,
        number=number,
        pages=(total + search.PAGE - 1) // search.PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        shown=lambda key, value: shown(key, value, locale, gettext),
        here=f"{entered.path}/recruitment",
    )


routes = [Route("/c/{conference}/recruitment", show)]

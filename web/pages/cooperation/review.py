"""/c/…/cooperation/reviews/<review>: the draft of one entry, for the person whom the organisers have asked for a second look."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.documents import queries as documents
from rooms.cooperation.peer_reviews import queries as peer_reviews
from rooms.people import rules
from web.conference import enter
from web.pages.cooperation.values import shown
from web.pages.cooperation.words import ADVICE
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        conference, person = entered.conference.id, entered.actor.known.id
        review = await peer_reviews.open_review(connection, conference, request.path_params["review"], person)
        row = await queries.entry_row(connection, conference, review.entry)
        draft = queries.draft_of(row)
        type = queries.type_of(await queries.type_row(connection, conference, row.type))
        files = await documents.views(connection, row.id, draft.values, gated=False)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return await entered.page(
        request,
        "cooperation/review.html",
        review=review,
        entry=draft,
        type=type,
        documents=files,
        advice=[(each.value, gettext(name)) for each, name in ADVICE.items()],
        shown=lambda field, value: shown(field, value, locale, gettext),
        here=f"{entered.path}/cooperation/reviews/{review.id}",
    )


routes = [Route("/c/{conference}/cooperation/reviews/{review}", show)]

"""/c/…/cooperation/<entry>: an entry for its readers, its organisation, and the organisers who review it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.documents import queries as documents
from rooms.cooperation.messages import EntryState
from rooms.cooperation.peer_reviews import queries as peer_reviews
from rooms.cooperation.roles import partners
from rooms.core.commands.access import ABSENT
from rooms.core.commands.registry import permitted
from rooms.core.errors import Problem
from rooms.organisations import members
from rooms.organisations.queries import mine
from web.conference import enter
from web.pages.cooperation.values import shown
from web.pages.cooperation.words import ADVICE
from web.people_search import people_found
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, person = entered.conference.id, entered.viewer.id
        row = await queries.entry_row(connection, conference, request.path_params["entry"])
        role = await members.role_in(connection, row.organisation, person) if person else None
        inside = role is not None or entered.may_organise
        if row.state != EntryState.PUBLISHED.value and not inside:
            raise Problem("not_found", ABSENT)
        type = queries.type_of(await queries.type_row(connection, conference, row.type))
        asked = queries.i.entry == row.id
        own = await queries.interest_views(connection, asked, queries.i.person == (person or ""))
        interests = await queries.interest_views(connection, asked) if role is not None else []
        comments = await queries.comments(connection, row.id) if inside else []
        approved = inside or await documents.is_approved(connection, row, person)
        shown_documents = await documents.views(connection, row.id, row.values, gated=approved)
        drafted = (
            await documents.views(connection, row.id, row.draft["values"], gated=True) if inside and row.draft else {}
        )
        reader = await documents.reader_state(connection, row.id, person) if person else None
        askers = await documents.waiting(connection, conference, [row.organisation]) if inside else {}
        if entered.may_organise:
            reviews = await peer_reviews.views(connection, row.id)
        else:
            reviews = await peer_reviews.for_author(connection, row.id) if inside else []
        words, found = await people_found(request, connection, entered) if entered.may_organise else ("", [])
        filled = (await partners(connection, [row.id])).get(row.id, {})
        answered = await members.takes_part(connection, conference, row.organisation, entered.site.engine.clock())
        organisations = await mine(connection, conference, person) if person else []
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return await entered.page(
        request,
        "cooperation/entry.html",
        row=row,
        entry=queries.view_of(row),
        draft=queries.draft_of(row) if row.draft and inside else None,
        type=type,
        inside=inside,
        member=role is not None,
        interest=own[0] if own else None,
        interests=interests,
        comments=comments,
        documents=shown_documents,
        drafted=drafted,
        reader=reader,
        partners=filled,
        reviews=reviews,
        advice={each.value: gettext(name) for each, name in ADVICE.items()},
        answered=answered,
        words=words,
        found=found,
        askers=askers.get(row.id, 0),
        organisations=[each for each, _ in organisations],
        shown=lambda field, value: shown(field, value, locale, gettext),
        can=permitted(entered.actor),
        here=f"{entered.path}/cooperation/{row.id}",
    )


routes = [Route("/c/{conference}/cooperation/{entry}", show)]

"""/c/…/cooperation/requests: interest that a person has shown, and interest in the entries of their organisations."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries
from rooms.cooperation.messages import DeclineReason, InterestOutcome, InterestState
from rooms.organisations.queries import mine
from rooms.people import rules
from web.conference import enter
from web.pages.cooperation.words import OUTCOMES, REASONS
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person = rules.signed_in(entered.actor).id
        here = queries.e.conference == entered.conference.id
        own = await mine(connection, entered.conference.id, person)
        theirs = queries.e.organisation.in_([each.id for each, _ in own])
        kept = queries.i.state != InterestState.WITHDRAWN.value
        received = await queries.interest_views(connection, sa.and_(here, theirs, kept)) if own else []
        asked = [each.entry for each in received if each.role]
        sent = await queries.interest_views(connection, here, queries.i.person == person)
        asked += [each.entry for each in sent if each.role]
        rows = await queries.entry_rows(connection, queries.e.id.in_(asked)) if asked else []
    roles = {(row.id, role.key): role for row in rows for role in queries.view_of(row).roles}
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "cooperation/requests.html",
        received=received,
        sent=sent,
        roles=roles,
        reasons=[(each.value, gettext(REASONS[each])) for each in DeclineReason],
        outcomes=[(each.value, gettext(OUTCOMES[each])) for each in InterestOutcome],
        now=entered.site.engine.clock(),
        here=f"{entered.path}/cooperation/requests",
    )


routes = [Route("/c/{conference}/cooperation/requests", show)]

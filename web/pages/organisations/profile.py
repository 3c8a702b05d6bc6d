"""/c/…/organisations/<organisation>: who they are, and where they can be met."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries as cooperation
from rooms.cooperation import search
from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.exhibition.booths import queries as booth_queries
from rooms.organisations import invitations, members, queries
from rooms.organisations.messages import OrganisationRole
from rooms.recruitment.jobs import queries as recruitment
from web.conference import enter
from web.pages.recruitment.job import words_for
from web.site import site_of


async def show(request: Request) -> Response:
    """Visitors see an organisation that has an open booth, a published entry or a job; its members, those who are invited to it, and organisers
    always see it."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        row = await queries.organisation_row(connection, entered.conference.id, request.path_params["organisation"])
        role = await members.role_in(connection, row.id, entered.viewer.id) if entered.viewer.id else None
        booths = await booth_queries.cards(connection, booth_queries.b.organisation == row.id)
        inside = role is not None or entered.may_organise
        entries = await search.of_organisation(connection, entered.conference.id, row.id)
        jobs = await recruitment.of_organisation(connection, entered.conference.id, row.id)
        inviter = await invitations.invitation_to(connection, row.id, entered.viewer.id) if role is None else None
        if not booths and not entries and not jobs and not inside and inviter is None:
            raise Problem("not_found", ABSENT)
        types = {each.id: each for each in await cooperation.types(connection, entered.conference.id, archived=True)}
        people = await members.members_of(connection, row.id) if inside else []
    return await entered.page(
        request,
        "organisations/show.html",
        organisation=queries.view_of(row),
        booths=booths,
        entries=entries,
        jobs=jobs,
        types=types,
        members=people,
        role=role,
        **words_for(entered),
        inviter=inviter,
        may_edit=role is OrganisationRole.OWNER or entered.may_organise,
    )


routes = [Route("/c/{conference}/organisations/{organisation}", show)]

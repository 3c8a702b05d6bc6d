"""/c/…/recruitment/talents: employers search candidates who may be invited, and invite them to a job."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.organisations.queries import mine
from rooms.people import rules
from rooms.recruitment.candidates import queries as candidates
from rooms.recruitment.candidates import search
from rooms.recruitment.jobs import queries
from web.conference import enter
from web.forms import asked_number
from web.pages.recruitment.job import words_for
from web.pages.recruitment.words import facet_choices
from web.site import site_of

NO_JOB = N_("Publish a job first: candidates are invited to a job.")


async def show(request: Request) -> Response:
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        conference, person = entered.conference.id, entered.actor.known.id
        own = [each.id for each, _ in await mine(connection, conference, person)]
        jobs = await queries.job_rows(connection, queries.j.organisation.in_(own), queries.j.state == queries.PUBLISHED)
        if not jobs:  # an employer is an organisation that has published a job
            raise Problem("forbidden", NO_JOB) if own else Problem("not_found", ABSENT)
        query = search.SEARCH.query(request.query_params)
        shown = search.shown(conference, person, entered.site.engine.clock())
        total = await search.count(connection, query, shown)
        number = min(number, max(total - 1, 0) // search.PAGE)
        found = await search.page(connection, query, shown, number)
        counts = await search.SEARCH.counts(connection, query, shown)
        invited: dict[str, list[str]] = {}
        for organisation in own:
            for id, titles in (await candidates.invited(connection, organisation)).items():
                invited.setdefault(id, []).extend(titles)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return await entered.page(
        request,
        "recruitment/talents.html",
        query=query,
        candidates=found,
        facets=facet_choices(counts, locale, gettext),
        jobs=jobs,
        invited=invited,
        total=total,
        number=number,
        pages=(total + search.PAGE - 1) // search.PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        **words_for(entered),
        here=f"{entered.path}/recruitment/talents",
    )


routes = [Route("/c/{conference}/recruitment/talents", show)]

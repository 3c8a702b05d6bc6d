"""/c/…/recruitment/mine: a candidate's invitations, applications and saved jobs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.exhibition.booths.queries import booth_room
from rooms.people import rules
from rooms.recruitment.applications import booth_queue
from rooms.recruitment.applications import queries as applications
from rooms.recruitment.applications.steps import OPEN
from rooms.recruitment.candidates import queries as candidates
from rooms.recruitment.interviews import queries as interview_queries
from rooms.recruitment.interviews.booking import free_times
from rooms.recruitment.jobs import queries
from web.conference import enter
from web.pages.recruitment.job import words_for
from web.pages.recruitment.words import REASONS
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        conference, person = entered.conference.id, entered.actor.known.id
        here = applications.j.conference == conference
        own = await applications.views(connection, here, applications.a.person == person)
        booths = {each.organisation: await booth_queue.booths_of(connection, each.organisation) for each in own}
        first = {organisation: found[0] for organisation, found in booths.items() if found}
        rooms = {each.id: await booth_room(connection, conference, each.id) for each in first.values()}
        places = await booth_queue.own_places(connection, person)
        invitations = await candidates.invitations_of(connection, conference, person)
        now = entered.site.engine.clock()
        interviews = await interview_queries.interviews(connection, [each.id for each in own], now)
        times = {
            each.id: await free_times(connection, conference, each.id, person, interviews[each.id].interviewer.id, now)
            for each in own
            if each.id in interviews and each.state in OPEN
        }
        sessions = await interview_queries.info_sessions(connection, conference, person, now)
        saved = await queries.saved(connection, conference, person)
        profile = await candidates.profile(connection, conference, person)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "recruitment/mine.html",
        applications=own,
        open_states=OPEN,
        booths=first,
        rooms=rooms,
        places=places,
        interviews=interviews,
        times=times,
        now=now,
        sessions=[each for each in sessions if each.joined],
        invitations=invitations,
        saved=saved,
        profile=profile,
        reasons={reason.value: gettext(name) for reason, name in REASONS.items()},
        **words_for(entered),
        here=f"{entered.path}/recruitment/mine",
    )


routes = [Route("/c/{conference}/recruitment/mine", show)]

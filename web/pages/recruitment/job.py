"""/c/…/recruitment/jobs/<job>: a job, what it requires of the reader, and applying for it."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.access import ABSENT
from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition.booths.queries import booth_room
from rooms.organisations import members
from rooms.people import rules
from rooms.recruitment.applications import booth_queue
from rooms.recruitment.applications import queries as applications
from rooms.recruitment.applications.eligibility import prerequisites
from rooms.recruitment.applications.steps import OPEN
from rooms.recruitment.candidates import queries as candidates
from rooms.recruitment.interviews.queries import info_sessions
from rooms.recruitment.jobs import queries
from web.conference import Entered, enter
from web.forms import read_form, text
from web.pages.recruitment.words import STATES, shown
from web.site import site_of
from web.templating import go

FIELDS = {"title", "about"}


async def show(request: Request) -> Response:
    return await _page(request)


async def apply(request: Request) -> Response:
    form = await read_form(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        job = queries.view_of(await queries.job_row(connection, entered.conference.id, request.path_params["job"]))
    answers = _answers(form, [each.key for each in job.questions])
    fields = {"job": job.id, "text": text(form, "text"), "answers": answers}
    try:
        lobby = entered.conference.room
        await entered.site.engine.perform(entered.viewer.id, lobby, read("job.apply", fields), text(form, "key"))
    except Problem as problem:
        return await _page(request, problem, fields)
    said = entered.site.languages.texts(entered.viewer.locale).gettext(
        N_("Your application is with the employer. You are notified of every step.")
    )
    # Without a part of its own, the browser would keep that of the form.
    return go(request, f"{entered.path}/recruitment/mine#applications", said=said)


def _answers(form: FormData, keys: list[str]) -> dict[str, bool]:
    given = {key: text(form, f"answer-{key}") for key in keys}
    return {key: answer == "yes" for key, answer in given.items() if answer in {"yes", "no"}}


async def _page(request: Request, problem: Problem | None = None, typed: dict[str, Any] | None = None) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, person = entered.conference.id, entered.viewer.id or ""
        row = await queries.job_row(connection, conference, request.path_params["job"])
        member = person and await members.role_in(connection, row.organisation, person) is not None
        applied = await applications.views(connection, applications.a.job == row.id, applications.a.person == person)
        application = applied[0] if applied else None
        if row.state != queries.PUBLISHED and not member and not entered.may_organise and application is None:
            raise Problem("not_found", ABSENT)
        profile = await candidates.profile(connection, conference, person) if person else None
        share = await candidates.share_with(connection, row.organisation, person) if person else None
        booths = await booth_queue.booths_of(connection, row.organisation)
        room = await booth_room(connection, conference, booths[0].id) if booths else ""
        places = await booth_queue.own_places(connection, person) if person else {}
        saved = await queries.is_saved(connection, row.id, person) if person else False
        now = entered.site.engine.clock()
        sessions = await info_sessions(connection, conference, person, now, row.organisation)
    job = queries.view_of(row)
    answers = typed["answers"] if typed else None
    return await entered.page(
        request,
        "recruitment/job.html",
        row=row,
        job=job,
        member=member,
        application=application,
        is_open=application is not None and application.state in OPEN,
        profile=profile,
        shares=share is not None and share.withdrawn_at is None,
        prerequisites=prerequisites(job, profile, answers),
        booth=booths[0] if booths else None,
        booth_room=room,
        place=next((places[each.id] for each in booths if each.id in places), None),
        saved=saved,
        sessions=sessions,
        now=now,
        problem=problem,
        typed=typed or {"text": "", "answers": {}},
        **words_for(entered),
        here=f"{entered.path}/recruitment/jobs/{job.id}",
    )


def words_for(entered: Entered) -> dict[str, Any]:
    """For templates: `shown` names the values of facets, `states` the states of applications."""
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return {
        "shown": lambda key, value: shown(key, value, locale, gettext),
        "states": {state.value: gettext(name) for state, name in STATES.items()},
    }


PATH = "/c/{conference}/recruitment/jobs/{job}"

routes = [Route(PATH, show, methods=["GET"]), Route(f"{PATH}/apply", apply, methods=["POST"])]

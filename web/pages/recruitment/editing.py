"""Writing a job: a new one, and one that exists."""

from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.organisations.queries import mine
from rooms.people import rules
from rooms.recruitment.jobs.editing import own_job
from rooms.recruitment.jobs.messages import MOST_QUESTIONS, JobCreated
from rooms.recruitment.jobs.queries import content_of
from web.choices import countries, spoken_languages
from web.conference import Entered, enter
from web.forms import read_form, several, text, whole
from web.pages.recruitment.words import CONTRACTS, DEGREES, WORKPLACES, options, sciences
from web.site import site_of
from web.templating import go

TRANSLATED = "zh_Hans"
NEW: dict[str, Any] = {
    "title": "",
    "about": "",
    "texts": {},
    "country": "",
    "place": "",
    "workplace": "on_site",
    "contract": "permanent",
    "sciences": [],
    "visa": False,
    "degree": "",
    "languages": [],
    "permit": False,
    "years": 0,
    "questions": [],
    "days": 60,
}


async def show_new(request: Request) -> Response:
    entered, own = await _beginning(request)
    return await _page(request, entered, NEW, own=own)


async def create(request: Request) -> Response:
    form = await read_form(request)
    entered, own = await _beginning(request)
    typed = _typed(form, {})
    try:
        fields = {**_fields(typed), "organisation": text(form, "organisation")}
        done = await _perform(entered, "job.create", fields, text(form, "key"))
    except Problem as problem:
        return await _page(request, entered, typed, own=own, problem=problem)
    job = msgspec.json.decode(done.reply, type=JobCreated).job
    return _saved(request, entered, job, N_("The draft is saved. Check it, then publish it."))


async def _beginning(request: Request) -> tuple[Entered, list[Any]]:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        own = await mine(connection, entered.conference.id, entered.viewer.id) if entered.viewer.id else []
    return entered, [each for each, _ in own]


async def edit(request: Request) -> Response:
    entered, row = await _owned(request)
    return await _page(request, entered, content_of(row), job=row)


async def save(request: Request) -> Response:
    form = await read_form(request)
    entered, row = await _owned(request)
    typed = _typed(form, row.texts)
    try:
        await _perform(entered, "job.edit", {**_fields(typed), "job": row.id}, text(form, "key"))
    except Problem as problem:
        return await _page(request, entered, typed, job=row, problem=problem)
    return _saved(request, entered, row.id, N_("The job is saved."))


async def _owned(request: Request) -> tuple[Entered, Any]:
    """A job for the members of its organisation. Raises Problem "not_found", "forbidden" or "not_signed_in"."""
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        return entered, await own_job(connection, entered.actor, request.path_params["job"])


def _typed(form: FormData, before: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What somebody has entered; `before`: the translations, of which the form shows one."""
    translated = {name: text(form, f"{TRANSLATED}-{name}") for name in ("title", "about", "place")}
    names = ("title", "about", "place", "workplace", "contract", "degree", "years", "days")
    return {
        **{name: text(form, name) for name in names},
        "texts": {**before, TRANSLATED: translated},
        "country": text(form, "country").strip().upper(),
        "sciences": several(form, "sciences"),
        "languages": several(form, "languages"),
        "visa": text(form, "visa") == "on",
        "permit": text(form, "permit") == "on",
        "questions": [_question(form, number) for number in range(MOST_QUESTIONS) if text(form, f"q{number}-text")],
    }


def _question(form: FormData, number: int) -> dict[str, Any]:
    translation = text(form, f"q{number}-{TRANSLATED}").strip()
    return {
        "key": text(form, f"q{number}-key") or f"q{number}",
        "text": text(form, f"q{number}-text"),
        "expected": text(form, f"q{number}-expected", "yes") == "yes",
        "texts": {TRANSLATED: {"text": translation}} if translation else {},
    }


def _fields(typed: dict[str, Any]) -> dict[str, Any]:
    """The fields of a command. Raises Problem "invalid"."""
    return {**typed, "years": whole(typed["years"] or "0", "years"), "days": whole(typed["days"], "days")}


async def _perform(entered: Entered, op: str, fields: dict[str, Any], key: str) -> Any:
    return await entered.site.engine.perform(entered.viewer.id, entered.conference.room, read(op, fields), key)


def _saved(request: Request, entered: Entered, job: str, message: str) -> Response:
    said = entered.site.languages.texts(entered.viewer.locale).gettext(message)
    return go(request, f"{entered.path}/recruitment/jobs/{job}", said=said)


async def _page(
    request: Request,
    entered: Entered,
    said: dict[str, Any],
    *,
    own: list[Any] | None = None,
    job: Any = None,
    problem: Problem | None = None,
) -> Response:
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    tail = f"jobs/{job.id}/edit" if job else "new"
    return await entered.page(
        request,
        "recruitment/edit.html",
        said=said,
        own=own or [],
        job=job,
        problem=problem,
        translated=TRANSLATED,
        countries=countries(locale),
        spoken=spoken_languages(said["languages"]),
        sciences=sciences(gettext),
        degrees=options(DEGREES, gettext),
        contracts=options(CONTRACTS, gettext),
        workplaces=options(WORKPLACES, gettext),
        most_questions=MOST_QUESTIONS,
        here=f"{entered.path}/recruitment/{tail}",
    )


PATH = "/c/{conference}/recruitment"

routes = [
    Route(f"{PATH}/new", show_new, methods=["GET"]),
    Route(f"{PATH}/new", create, methods=["POST"]),
    Route(f"{PATH}/jobs/{{job}}/edit", edit, methods=["GET"]),
    Route(f"{PATH}/jobs/{{job}}/edit", save, methods=["POST"]),
]

"""/c/…/organise/exhibitors: who applies to exhibit, and the import of exhibitors: first what it would change, then, if one wants it, all of that.

What organisers decide about applications are commands, posted to /do/….
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.errors import Problem
from rooms.exhibition import applying, directory
from rooms.exhibition.importing import Plan, import_exhibitors
from rooms.exhibition.listing import COLUMNS, ExhibitorFaults
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.exhibition.sheets import MOST_BYTES
from rooms.exhibition.uploads import Upload, find_upload, forget_upload, keep_upload
from rooms.programme.planning import Act
from rooms.text import N_
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text, upload
from web.pages.problems import said
from web.security import allow_body
from web.site import site_of
from web.templating import go

ENVELOPE = 1_000_000  # bytes, for all of the form but the file


async def _entered(request: Request) -> Entered:
    async with site_of(request).house.database.read() as connection:
        return await enter_as_organiser(request, connection)


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def _page(request: Request, entered: Entered, problem: Problem | None = None) -> Response:
    async with entered.site.house.database.read() as connection:
        here = exhibitor_applications.c.conference == entered.conference.id
        applications = await applying.applications(connection, here)
        halls = await directory.halls(connection, entered.conference.id)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    faults = problem.faults if isinstance(problem, ExhibitorFaults) else ()
    return await entered.page(
        request,
        "organise_exhibitors.html",
        status=problem.meaning.status if problem else 200,
        problem=said(request, entered.viewer, problem) if problem else None,
        faults=[fault.text(gettext) for fault in faults],
        unlisted=problem.count - len(faults) if isinstance(problem, ExhibitorFaults) else 0,
        columns=COLUMNS,
        waiting=[each for each in applications if each.state in applying.OPEN],
        decided=[each for each in applications if each.state not in applying.OPEN],
        halls=[hall.name for hall in halls],
        here=f"{entered.path}/organise/exhibitors",
    )


async def bring(request: Request) -> Response:
    """Takes a file, and shows what it would change, or every fault of it."""
    entered = await _entered(request)
    allow_body(request, MOST_BYTES + ENVELOPE)
    form = await read_form(request)
    try:
        file = upload(form, "file")
        if file is None:
            raise Problem("invalid", N_("Choose a file first."), field="file")
        house, person = entered.site.house, entered.viewer.signed_in.id
        kept = await keep_upload(house, entered.conference, person, file.filename or "", await file.read())
    except Problem as problem:
        if problem.code not in {"invalid", "too_large"}:
            raise
        return await _page(request, entered, problem)
    finally:
        await form.close()
    return go(request, f"{entered.path}/organise/exhibitors/import/{kept}")


async def _found(request: Request) -> tuple[Entered, Upload]:
    """Raises Problem "not_found" for an upload that is not the viewer's own, or is gone."""
    entered = await _entered(request)
    house, person = entered.site.house, entered.viewer.signed_in.id
    return entered, await find_upload(house, entered.conference, person, request.path_params["upload"])


async def look(request: Request) -> Response:
    entered, found = await _found(request)
    return await _dry_run(request, entered, found)


async def _dry_run(request: Request, entered: Entered, found: Upload, *, changed: bool = False) -> Response:
    return await entered.page(
        request,
        "organise_exhibitors_import.html",
        status=409 if changed else 200,
        upload=found,
        plan=found.plan,
        acts=[act for act in (Act.ADDED, Act.CHANGED) if found.plan.count(act)],
        changed=changed,
        here=f"{entered.path}/organise/exhibitors/import/{found.id}",
    )


async def agree(request: Request) -> Response:
    """Makes the changes that were shown, and no others."""
    form = await read_form(request)
    entered, found = await _found(request)
    if not found.plan.empty and text(form, "plan") != found.digest:
        return await _dry_run(request, entered, found, changed=True)
    house = entered.site.house
    plan = await import_exhibitors(house, entered.conference, found.told, by=entered.viewer.id)
    await forget_upload(house, found.id)
    return go(request, f"{entered.path}/organise/exhibitors", said=_summary(entered, plan))


def _summary(entered: Entered, plan: Plan) -> str:
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    if plan.empty:
        return gettext(N_("There is nothing to change: the exhibition is as the file says."))
    counts = {"added": plan.count(Act.ADDED), "changed": plan.count(Act.CHANGED)}
    return gettext(N_("The exhibitors were imported: %(added)s added, %(changed)s changed.")) % counts


_HERE = "/c/{conference}/organise/exhibitors"
_UPLOAD = _HERE + "/import/{upload}"

routes = [
    Route(_HERE, show),
    Route(_HERE, bring, methods=["POST"]),
    Route(_UPLOAD, look),
    Route(_UPLOAD, agree, methods=["POST"]),
]

"""/c/…/organise/programme: every session, and the import of schedules: first what it would change, then, if one wants it, all of that."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms.errors import Problem
from rooms.programme import timetable
from rooms.programme.document import MOST_BYTES
from rooms.programme.importing import import_schedule
from rooms.programme.planning import Act, Plan
from rooms.programme.schedule import ScheduleFaults
from rooms.programme.uploads import Upload, find_upload, forget_upload, keep_upload
from rooms.text import N_
from web.conference import Entered, enter_as_organiser
from web.forms import read_form, text, upload
from web.pages.problems import said
from web.security import allow_body
from web.site import site_of
from web.templating import go
from web.timetable import event_days

ENVELOPE = 1_000_000  # bytes, for all of the form but the file
PATIENCE = 0.3  # seconds; an import that takes longer shows its progress
STEP = 0.4  # seconds between two signs of it
MARK = "<!-- progress -->"

SUMMARY = {
    Act.ADDED: N_("%(count)s added"),
    Act.MOVED: N_("%(count)s moved"),
    Act.CHANGED: N_("%(count)s changed"),
    Act.CANCELLED: N_("%(count)s cancelled"),
    Act.RESTORED: N_("%(count)s reinstated"),
}

_running: set[asyncio.Task[Plan]] = set()
"""Imports go on when the browser that asked for them goes away; asyncio itself would let go of them."""


async def _entered(request: Request) -> Entered:
    async with site_of(request).house.database.read() as connection:
        return await enter_as_organiser(request, connection)


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def _page(
    request: Request, entered: Entered, problem: Problem | None = None, faults: list[str] | None = None
) -> Response:
    async with entered.site.house.database.read() as connection:
        entries = await timetable.entries(connection, entered.conference.id)
    days = event_days([entry.starts_at for entry in entries], entered.event_zone)
    by_day = {day: [entry for entry, its in zip(entries, days, strict=True) if its == day] for day in sorted(set(days))}
    return await entered.page(
        request,
        "organise_programme.html",
        status=problem.meaning.status if problem else 200,
        zone=entered.event_zone,
        by_day=by_day,
        problem=said(request, entered.viewer, problem) if problem else None,
        faults=faults or [],
        unlisted=problem.count - len(problem.faults) if isinstance(problem, ScheduleFaults) else 0,
        here=f"{entered.path}/organise/programme",
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
    except ScheduleFaults as problem:
        gettext = entered.site.languages.texts(entered.viewer.locale).gettext
        return await _page(request, entered, problem, [fault.text(gettext) for fault in problem.faults])
    except Problem as problem:
        return await _page(request, entered, problem)
    finally:
        await form.close()
    return go(request, f"{entered.path}/organise/programme/import/{kept}")


async def _found(request: Request) -> tuple[Entered, Upload]:
    """Raises Problem "not_found" for an upload that is not the viewer's own, or is gone."""
    async with site_of(request).house.database.read() as connection:
        entered = await enter_as_organiser(request, connection)
        person = entered.viewer.signed_in.id
        return entered, await find_upload(connection, entered.conference, person, request.path_params["upload"])


async def look(request: Request) -> Response:
    entered, found = await _found(request)
    return await _dry_run(request, entered, found)


async def _dry_run(request: Request, entered: Entered, found: Upload, *, changed: bool = False) -> Response:
    return await entered.page(
        request,
        "organise_import.html",
        status=409 if changed else 200,
        upload=found,
        plan=found.plan,
        acts=[act for act in Act if found.plan.count(act)],
        digest=_digest(found.plan),
        changed=changed,
        here=f"{entered.path}/organise/programme/import/{found.id}",
    )


def _digest(plan: Plan) -> str:
    """What an organiser agrees to: when the programme has changed meanwhile, he is shown the new plan."""
    return hashlib.sha256(msgspec.json.encode(plan)).hexdigest()[:32]


async def agree(request: Request) -> Response:
    """Makes the changes that were shown, and no others."""
    form = await read_form(request)
    entered, found = await _found(request)
    if not found.plan.empty and text(form, "plan") != _digest(found.plan):
        return await _dry_run(request, entered, found, changed=True)
    return await _apply(request, entered, found)


class _Progress:
    def __init__(self) -> None:
        self.done, self.total = 0, 1

    def __call__(self, done: int, total: int) -> None:
        self.done, self.total = done, total


async def _apply(request: Request, entered: Entered, found: Upload) -> Response:
    progress = _Progress()
    task = asyncio.create_task(_import(entered, found, progress))
    _running.add(task)
    task.add_done_callback(_running.discard)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        frame = await entered.page(request, "organise_importing.html", mark=MARK)
        return StreamingResponse(_told(request, entered, frame, task, progress), media_type="text/html")
    try:
        plan = task.result()
    except Problem as problem:
        return await _page(request, entered, problem)
    return go(request, f"{entered.path}/organise/programme", said=_summary(entered, plan))


async def _import(entered: Entered, found: Upload, progress: _Progress) -> Plan:
    house = entered.site.house
    plan = await import_schedule(
        house, entered.conference.slug, found.schedule, by=entered.viewer.id, progress=progress
    )
    await forget_upload(house, found.id)
    return plan


def _summary(entered: Entered, plan: Plan) -> str:
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    if plan.empty:
        return gettext(N_("There is nothing to change: the programme is as the file says."))
    counts = [gettext(words) % {"count": plan.count(act)} for act, words in SUMMARY.items() if plan.count(act)]
    return gettext(N_("The programme was imported. Sessions: %(counts)s.")) % {
        "counts": ", ".join(counts) or gettext(N_("none changed"))
    }


async def _told(
    request: Request, entered: Entered, frame: Response, task: asyncio.Task[Plan], progress: _Progress
) -> AsyncIterator[str]:
    """A page that grows while the import goes on; each sign of progress hides the one before. It needs no script."""
    site, locale = entered.site, entered.viewer.locale
    head, _, foot = bytes(frame.body).decode().partition(MARK)
    yield head
    while not (await asyncio.wait({task}, timeout=STEP))[0]:
        yield site.templates.render(
            "macros/import_step.html", locale, {"done": progress.done, "total": progress.total, "locale": locale}
        )
    problem, words = None, ""
    try:
        words = _summary(entered, task.result())
    except Problem as fault:
        problem = said(request, entered.viewer, fault)
    end = {"problem": problem, "words": words, "path": entered.path, "locale": locale}
    yield site.templates.render("macros/import_end.html", locale, end)
    yield foot


_HERE = "/c/{conference}/organise/programme"
_UPLOAD = _HERE + "/import/{upload}"
routes = [
    Route(_HERE, show),
    Route(_HERE, bring, methods=["POST"]),
    Route(_UPLOAD, look),
    Route(_UPLOAD, agree, methods=["POST"]),
]

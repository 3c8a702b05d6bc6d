"""/c/…/organise/programme: every session, and the import of schedules (web.imports)."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from rooms.core.errors import Problem
from rooms.core.imports.plan import Act
from rooms.core.text import N_
from rooms.programme import timetable
from rooms.programme.imports.importing import SCHEDULES
from rooms.programme.imports.plan import SchedulePlan
from web.conference import Entered
from web.imports import Import, problem_of
from web.pages.programme.timetable_layout import event_days

SUMMARY = {
    Act.ADDED: N_("%(count)s added"),
    Act.MOVED: N_("%(count)s moved"),
    Act.CHANGED: N_("%(count)s changed"),
    Act.CANCELLED: N_("%(count)s cancelled"),
    Act.RESTORED: N_("%(count)s reinstated"),
}


async def show(request: Request, entered: Entered, problem: Problem | None) -> Response:
    async with entered.site.engine.database.read() as connection:
        entries = await timetable.entries(connection, entered.conference.id)
    days = event_days([entry.starts_at for entry in entries], entered.event_zone)
    by_day = {day: [entry for entry, its in zip(entries, days, strict=True) if its == day] for day in sorted(set(days))}
    return await entered.page(
        request,
        "programme/organise.html",
        zone=entered.event_zone,
        by_day=by_day,
        here=f"{entered.path}/organise/programme",
        **problem_of(entered, problem),
    )


def _summary(gettext: Callable[[str], str], plan: SchedulePlan) -> str:
    if plan.empty:
        return gettext(N_("Nothing to change: the programme already matches the file."))
    counts = [gettext(words) % {"count": plan.count(act)} for act, words in SUMMARY.items() if plan.count(act)]
    return gettext(N_("The programme was imported. Sessions: %(counts)s.")) % {
        "counts": ", ".join(counts) or gettext(N_("none changed"))
    }


routes = Import(SCHEDULES, "programme", "programme/import.html", show, _summary).routes

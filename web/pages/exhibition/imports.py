"""/c/…/organise/exhibitors: applications to exhibit, and the import of exhibitors (web.imports).

Decisions on applications are commands, posted to /do/…. Owners named in a list who have no account are invited here by email.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core import csv_export
from rooms.core.errors import Problem
from rooms.core.imports.plan import Act
from rooms.core.text import N_
from rooms.exhibition.applications import actions as applying
from rooms.exhibition.booths import directory
from rooms.exhibition.imports.columns import COLUMNS
from rooms.exhibition.imports.importing import EXHIBITORS, ExhibitorPlan
from rooms.exhibition.record_tables import exhibitor_applications
from rooms.invitations import owner_invites as inviting
from web.conference import Entered
from web.emails import owner_email
from web.exports import export_file
from web.forms import read_form
from web.imports import Import, entered_by, problem_of
from web.mail import Compose, Email
from web.templating import go


async def show(request: Request, entered: Entered, problem: Problem | None) -> Response:
    async with entered.site.engine.database.read() as connection:
        here = exhibitor_applications.c.conference == entered.conference.id
        applications = await applying.applications(connection, here)
        halls = await directory.halls(connection, entered.conference.id)
        exhibitors = await directory.exhibitors(connection, entered.conference.id)
        owners = await inviting.awaited(connection, entered.conference.id)
    return await entered.page(
        request,
        "exhibition/organise.html",
        columns=COLUMNS,
        exhibitors=exhibitors,
        waiting=[each for each in applications if each.state in applying.OPEN],
        decided=[each for each in applications if each.state not in applying.OPEN],
        halls=[hall.name for hall in halls],
        unwritten=[each for each in owners if each.invited_at is None],
        invited=[each for each in owners if each.invited_at is not None],
        here=f"{entered.path}/organise/exhibitors",
        **problem_of(entered, problem),
    )


async def invite(request: Request) -> Response:
    """Sends an email to every owner who has not been invited yet."""
    await read_form(request)
    entered = await entered_by(request)
    site, conference, locale = entered.site, entered.conference, entered.viewer.locale
    made = await inviting.invite_owners(site.engine, conference.id, by=entered.viewer.signed_in.id)
    for each in made:
        site.post.put(_composed(owner_email(site, locale, conference, each)))
    texts = site.languages.texts(locale)
    words = texts.ngettext(
        "%(num)s owner is being invited by email.", "%(num)s owners are being invited by email.", len(made)
    )
    return go(request, f"{entered.path}/organise/exhibitors", said=words % {"num": len(made)})


def _composed(account_email: Email) -> Compose:
    async def compose() -> Email:
        return account_email

    return compose


def _summary(gettext: Callable[[str], str], plan: ExhibitorPlan) -> str:
    if plan.empty:
        return gettext(N_("Nothing to change: the exhibition already matches the file."))
    counts = {"added": plan.count(Act.ADDED), "changed": plan.count(Act.CHANGED)}
    return gettext(N_("The exhibitors were imported: %(added)s added, %(changed)s changed.")) % counts


async def template(request: Request) -> Response:
    """An empty table with the columns of a list."""
    await entered_by(request)
    return export_file(csv_export.as_csv(COLUMNS, []), "text/csv", "exhibitors.csv")


routes = [
    Route("/c/{conference}/organise/exhibitors/template.csv", template),
    *Import(EXHIBITORS, "exhibitors", "exhibition/import.html", show, _summary).routes,
    Route("/c/{conference}/organise/exhibitors/invite", invite, methods=["POST"]),
]

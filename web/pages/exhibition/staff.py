"""/c/…/exhibition/<booth>/staff: the staff of a booth. Duties are changed by the command staff.set; this page handles what has no command."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.people import Role
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.booths import queries
from rooms.exhibition.booths.staff_messages import Duty
from rooms.invitations import invites
from web.forms import number, read_form, text
from web.pages.exhibition.enter import AtBooth, enter_booth
from web.people_search import people_found
from web.site import site_of
from web.templating import go


async def _entered(request: Request) -> AtBooth:
    async with site_of(request).engine.database.read() as connection:
        return await enter_booth(request, connection, rules.owns)


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def _page(request: Request, at: AtBooth, problem: Problem | None = None, made: str = "") -> Response:
    """`made` is the address of a new invitation, which is shown only once."""
    entered, engine = at.entered, at.entered.site.engine
    async with engine.database.read() as connection:
        words, found = await people_found(request, connection, entered)
        shown = {
            "staff": await queries.staff(connection, at.booth.id),
            "invites": await invites.in_force(connection, entered.conference.id, engine.clock(), booth=at.booth.id),
        }
    return await at.page(
        request,
        "exhibition/staff.html",
        problem=problem,
        made=made,
        words=words,
        found=found,
        duties=list(Duty),
        here=f"{at.path}/staff",
        **shown,
    )


async def invite(request: Request) -> Response:
    at, form = await _entered(request), await read_form(request)
    entered = at.entered
    try:
        try:
            role = Role(Duty(text(form, "duty")).value)
        except ValueError:
            raise Problem("invalid", N_("Choose their duty at the booth."), field="duty") from None
        async with entered.site.engine.transaction() as tx:
            given = {"conference": entered.conference.id, "session": None, "booth": at.booth.id, "role": role}
            by = entered.viewer.signed_in.id
            secret = await invites.make(tx, **given, uses=number(form, "uses"), days=number(form, "days"), by=by)
    except Problem as problem:
        if problem.code not in {"invalid", "conflict"}:
            raise
        return await _page(request, at, problem)
    return await _page(request, at, made=entered.site.link(f"/invite/{secret}"))


async def withdraw_invite(request: Request) -> Response:
    at, form = await _entered(request), await read_form(request)
    entered = at.entered
    async with entered.site.engine.transaction() as tx:
        by, conference = entered.viewer.signed_in.id, entered.conference.id
        await invites.revoke(tx, conference=conference, invite=text(form, "invite"), by=by, booth=at.booth.id)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{at.path}/staff", said=gettext(N_("The invitation is withdrawn.")))


PATH = "/c/{conference}/exhibition/{booth}/staff"

routes = [
    Route(PATH, show),
    Route(f"{PATH}/invite", invite, methods=["POST"]),
    Route(f"{PATH}/withdraw-invite", withdraw_invite, methods=["POST"]),
]

"""/c/…/organise/people: who has which role, invitations, and who has been silenced or removed.

Roles and restraints are changed by the same commands as in a room, posted to /do/…; this page handles only what has no command.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.people import BOOTH_ROLES, Role
from rooms.core.errors import Problem
from rooms.core.store.journal import rooms
from rooms.core.text import N_
from rooms.invitations import invites
from rooms.people import accounts, restraints, roles
from rooms.people.messages import GrantRole
from rooms.programme.tables import sessions
from web.conference import Entered, enter_as_organiser
from web.forms import number, read_form, text
from web.languages import in_language
from web.site import site_of
from web.templating import go

Rooms = dict[str, tuple[str, str]]
"""By session: (room, title)."""


async def _sessions(connection: AsyncConnection, conference: str, locale: str) -> Rooms:
    select = (
        sa.select(sessions.c.id, rooms.c.id.label("room"), sessions.c.title, sessions.c.texts)
        .join(rooms, sa.and_(rooms.c.kind == "session", rooms.c.subject == sessions.c.id))
        .where(sessions.c.conference == conference)
        .order_by(sessions.c.starts_at, sessions.c.title)
    )
    found = await connection.execute(select)
    return {row.id: (row.room, in_language(locale, row.texts, "title", row.title)) for row in found}


async def _entered(request: Request) -> Entered:
    async with site_of(request).engine.database.read() as connection:
        return await enter_as_organiser(request, connection)


async def _page(
    request: Request, entered: Entered, problem: Problem | None = None, made: str = "", refused: str = "", **typed: str
) -> Response:
    """`made` is the address of a new invitation, which is shown only once; `refused` is the name of a refused form."""
    engine, conference = entered.site.engine, entered.conference
    async with engine.database.read() as connection:
        shown = {
            "grants": await roles.grants(connection, conference.id),
            "invites": await invites.in_force(connection, conference.id, engine.clock()),
            "restraints": await restraints.everywhere(connection, conference.id, engine.clock()),
            "sessions": await _sessions(connection, conference.id, entered.viewer.locale),
        }
    return await entered.page(
        request,
        "people/organise.html",
        problem=problem,
        made=made,
        refused=refused,
        typed=typed,
        all_roles=[
            role for role in Role if role not in {*BOOTH_ROLES, Role.INTERPRETER}
        ],  # interpreters have no functions yet
        here=f"{entered.path}/organise/people",
        **shown,
    )


async def show(request: Request) -> Response:
    return await _page(request, await _entered(request))


async def grant(request: Request) -> Response:
    """Gives a role to the person with an email address."""
    entered, form = await _entered(request), await read_form(request)
    engine, email = entered.site.engine, text(form, "email")
    try:
        role, session = _role(form), text(form, "session") or None
        async with engine.database.read() as connection:
            account = await accounts.by_email(connection, accounts.clean_email(email))
            known = await _sessions(connection, entered.conference.id, entered.viewer.locale)
        if session is not None and session not in known:
            raise Problem("invalid", N_("This session does not exist."), field="session")
        if account is None or not account.verified:
            message = N_("No account uses this address yet. Send an invitation instead.")
            raise Problem("invalid", message, field="email")
        room = known[session][0] if session is not None else entered.conference.room
        await engine.perform(entered.viewer.id, room, GrantRole(account.id, role), text(form, "key"))
    except Problem as problem:
        if problem.code not in {"invalid", "conflict"}:
            raise
        return await _page(request, entered, problem, refused="grant", email=email)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    news = gettext(N_("%(name)s now has the role.")) % {"name": account.name}
    return go(request, f"{entered.path}/organise/people", said=news)


async def invite(request: Request) -> Response:
    entered, form = await _entered(request), await read_form(request)
    engine = entered.site.engine
    try:
        role, session = _role(form), text(form, "session") or None
        uses = None if not text(form, "uses").strip() else number(form, "uses")
        days = number(form, "days")
        async with engine.transaction() as tx:
            known = await _sessions(tx.connection, entered.conference.id, entered.viewer.locale)
            if session is not None and session not in known:
                raise Problem("invalid", N_("This session does not exist."), field="session")
            secret = await invites.make(
                tx,
                conference=entered.conference.id,
                session=session,
                role=role,
                uses=uses,
                days=days,
                by=entered.viewer.signed_in.id,
            )
    except Problem as problem:
        if problem.code not in {"invalid", "conflict"}:
            raise
        return await _page(request, entered, problem, refused="invite")
    return await _page(request, entered, made=entered.site.link(f"/invite/{secret}"))


async def withdraw_invite(request: Request) -> Response:
    entered, form = await _entered(request), await read_form(request)
    async with entered.site.engine.transaction() as tx:
        by = entered.viewer.signed_in.id
        await invites.revoke(tx, conference=entered.conference.id, invite=text(form, "invite"), by=by)
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return go(request, f"{entered.path}/organise/people", said=gettext(N_("The invitation is withdrawn.")))


def _role(form: FormData) -> Role:
    try:
        return Role(text(form, "role"))
    except ValueError:
        raise Problem("invalid", N_("Choose a role."), field="role") from None


PATH = "/c/{conference}/organise"

routes = [
    Route(f"{PATH}/people", show),
    Route(f"{PATH}/people/grant", grant, methods=["POST"]),
    Route(f"{PATH}/people/invite", invite, methods=["POST"]),
    Route(f"{PATH}/people/withdraw-invite", withdraw_invite, methods=["POST"]),
]

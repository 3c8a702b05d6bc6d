"""/invite/<secret>: what an invitation grants, and accepting it, also as a guest or, if it came by email, with a new account.

Reading the page changes nothing, because mail scanners and link previews read it too.
"""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.commands.people import BOOTH_ROLES, Role
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.exhibition.tables import booths
from rooms.invitations import invites, proven
from rooms.invitations.invites import Invite
from rooms.people import accounts
from rooms.programme import queries
from rooms.programme.queries import Conference
from rooms.programme.tables import sessions
from web import links
from web.forms import read_form, text
from web.languages import in_language
from web.pages.people.signin import browser_of, welcome
from web.site import Site, site_of
from web.templating import go, page
from web.viewer import Viewer, sign_in_cookie, viewer_of

ACCEPTED = N_("Welcome! Your invitation is accepted.")
ENDS = {Role.MODERATOR: "/moderate", Role.SPEAKER: "/speak"}


class Offer(NamedTuple):
    """An invitation as its page shows it; `session` is the title of its session, or the name of its booth.

    `known`: the address to which it was sent has a confirmed account.
    """

    invite: Invite
    conference: Conference
    session: str | None
    known: bool

    def signs_up(self, viewer: Viewer) -> bool:
        """Whether this viewer can create the account of the invited address, or take over one that was never confirmed."""
        email, person = self.invite.email, viewer.person
        unconfirmed = person is not None and person.email == email and not person.verified
        return email is not None and not self.known and (person is None or unconfirmed)

    @property
    def address(self) -> str:
        """The page to open after acceptance."""
        path = links.path("conference", self.conference.slug)
        if self.invite.role in BOOTH_ROLES:
            return f"{path}/exhibition/{self.invite.session}"
        if self.invite.session is not None:
            return f"{path}/sessions/{self.invite.session}{ENDS.get(self.invite.role, '')}"
        return f"{path}/organise" if self.invite.role is Role.ORGANISER else path

    @property
    def open_to_guests(self) -> bool:
        return self.conference.guests and self.invite.role not in {Role.ORGANISER, *BOOTH_ROLES}


async def _offer(connection: AsyncConnection, site: Site, secret: str, locale: str) -> Offer:
    invite = await invites.look(connection, secret, site.engine.clock())
    conference = await queries.conference_by_id(connection, invite.conference)
    title = sa.select(sessions.c.title, sessions.c.texts).where(sessions.c.id == invite.session)
    column = "title"
    if invite.role in BOOTH_ROLES:
        title, column = sa.select(booths.c.name, booths.c.texts).where(booths.c.id == invite.session), "name"
    row = (await connection.execute(title)).one_or_none()
    session = None if row is None else in_language(locale, row.texts, column, row[0])
    account = None if invite.email is None else await accounts.by_email(connection, invite.email)
    return Offer(invite, conference, session, account is not None and account.verified)


async def _page(request: Request, problem: Problem | None = None, name: str = "") -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        offer = await _offer(connection, site, request.path_params["secret"], viewer.locale)
    return await page(
        request,
        "invitations/invite.html",
        offer=offer,
        signs_up=offer.signs_up(viewer),
        problem=problem,
        name=name,
        here=request.url.path,
    )


async def show(request: Request) -> Response:
    return await _page(request)


async def accept(request: Request) -> Response:
    """Accepts as the signed-in person, or as a new guest or account with the given name."""
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    secret, name, signin = request.path_params["secret"], text(form, "name"), None
    async with site.engine.database.read() as connection:
        offer = await _offer(connection, site, secret, viewer.locale)
    try:
        if offer.signs_up(viewer):
            entered = await proven.sign_up(
                site.engine,
                site.passwords,
                await browser_of(request),
                secret,
                name=name,
                password=text(form, "password"),
                locale=viewer.locale,
            )
            return await welcome(request, entered.account, entered.signin, offer.address, ACCEPTED)
        if viewer.person is None and name and offer.open_to_guests:
            browser = await browser_of(request)
            signin = (await invites.accept_as_guest(site.engine, secret, browser, name, viewer.locale)).signin
        else:
            await invites.accept(site.engine, secret, viewer.signed_in)
    except Problem as problem:
        if problem.code not in {"invalid", "forbidden", "unverified", "rate_limited", "conflict"}:
            raise
        return await _page(request, problem, name)
    gettext = site.languages.texts(viewer.locale).gettext
    response = go(request, offer.address, said=gettext(ACCEPTED))
    if signin is not None:
        sign_in_cookie(site, response, signin)
    return response


routes = [Route("/invite/{secret}", show), Route("/invite/{secret}", accept, methods=["POST"])]

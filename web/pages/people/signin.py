"""Sign-in: /sign-in (password, link, guest), /sign-up, /sign-in/forgotten, links in emails, /sign-out."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.invitations import invites
from rooms.people import attempts, registration, signins
from rooms.people.accounts import Account, clean_email
from rooms.people.attempts import Browser
from rooms.people.links import LinkPurpose
from rooms.people.registration import Notice, Opened
from rooms.programme import queries
from rooms.programme.queries import Conference
from web.cookies import SIGNIN, drop_cookie
from web.devices import device_name
from web.emails import account_email
from web.forms import local_path, read_form, text
from web.known_browsers import marks_of, remember
from web.mail import Email
from web.site import site_of
from web.templating import go, page
from web.viewer import sign_in_cookie, viewer_of


async def browser_of(request: Request) -> Browser:
    viewer = await viewer_of(request)
    device = device_name(request.headers.get("user-agent", ""))
    return Browser(viewer.browser, viewer.address, device, marks_of(request))


async def welcome(request: Request, account: Account, signin: str, next: str, news: str) -> Response:
    """Signs this browser in with a new sign-in and ends the previous one."""
    site, viewer = site_of(request), await viewer_of(request)
    if viewer.person is not None and viewer.signin is not None:
        await signins.revoke(site.engine, viewer.person.id, viewer.signin)
    response = go(request, next, said=site.languages.texts(viewer.locale).gettext(news))
    sign_in_cookie(site, response, signin)
    remember(request, response, account.email)
    return response


async def send(
    request: Request, purpose: LinkPurpose, email: str, ask: Callable[[Browser], Awaitable[Notice]], here: str
) -> Response:
    """Sends an email in the background, unless several are on their way already, and shows a message. Raises Problem "rate_limited".

    The account is also looked up in the background, so that the response time does not reveal whether it exists.
    """
    site, viewer, browser = site_of(request), await viewer_of(request), await browser_of(request)

    async def compose() -> Email:
        return account_email(site, viewer.locale, await ask(browser))

    new = attempts.take_email(site.engine, browser, purpose, email)
    if new:
        site.post.put(compose)
    return await page(request, "people/letter_sent.html", email=email, new=new, here=here)


async def _conference_of(request: Request, next: str) -> Conference | None:
    """The conference that the person wants to open."""
    parts = urlsplit(next).path.split("/")
    if len(parts) < 3 or parts[1] != "c":
        return None
    try:
        async with site_of(request).engine.database.read() as connection:
            conference = await queries.conference(connection, parts[2])
    except Problem as problem:
        if problem.code != "not_found":
            raise
        return None
    return conference if conference.access == "public" else None


async def _form(
    request: Request, template: str, next: str, problem: Problem | None = None, **typed: object
) -> Response:
    """A form of this module, filled with the input if it was refused."""
    conference = await _conference_of(request, next)
    return await page(request, template, problem=problem, next=next, conference=conference, typed=typed, here=next)


async def show_sign_in(request: Request) -> Response:
    next = local_path(request.query_params.get("next"))
    return await _form(request, "people/signin.html", next, email=await _invited(request, next))


async def _invited(request: Request, next: str) -> str:
    """The address to which the invitation was sent that the person wants to accept."""
    if not next.startswith("/invite/"):
        return ""
    engine = site_of(request).engine
    try:
        async with engine.database.read() as connection:
            return (await invites.look(connection, next.removeprefix("/invite/"), engine.clock())).email or ""
    except Problem as problem:
        if problem.code != "expired":
            raise
        return ""


async def sign_in(request: Request) -> Response:
    """Signs in by password, or by a link with the other button."""
    site, form, browser = site_of(request), await read_form(request), await browser_of(request)
    next, email = local_path(text(form, "next")), text(form, "email")
    try:
        password = text(form, "password")
        if text(form, "by") == "link" or not password:
            return await _send_link(request, LinkPurpose.SIGN_IN, email, next)
        account = await registration.by_password(site.engine, site.passwords, browser, email, password)
    except Problem as problem:
        return await _form(request, "people/signin.html", next, problem, email=email)
    signin = await registration.enter(site.engine, account.id, browser)
    news = WELCOME if account.verified else UNCONFIRMED
    return await welcome(request, account, signin, next, news)


WELCOME = N_("You are signed in.")
UNCONFIRMED = N_("You are signed in. To take part, confirm your address: open the link that we sent you.")


async def _send_link(request: Request, purpose: LinkPurpose, email: str, next: str) -> Response:
    engine, email = site_of(request).engine, clean_email(email)

    async def ask(browser: Browser) -> Notice:
        return await registration.ask_for_link(engine, browser, purpose, email, next)

    return await send(request, purpose, email, ask, next)


async def enter_as_guest(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    form, browser = await read_form(request), await browser_of(request)
    next, name = local_path(text(form, "next")), text(form, "name")
    try:
        conference = await _conference_of(request, next)
        if conference is None or not conference.guests:
            raise Problem("forbidden", N_("This conference is not open to guests. Sign in with your email address."))
        entered = await registration.enter_as_guest(site.engine, browser, name, viewer.locale)
    except Problem as problem:
        return await _form(request, "people/signin.html", next, problem, name=name)
    return await welcome(request, entered.account, entered.signin, next, WELCOME)


async def show_sign_up(request: Request) -> Response:
    return await _form(request, "people/signup.html", local_path(request.query_params.get("next")))


async def sign_up(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    form, browser = await read_form(request), await browser_of(request)
    next, name, email = local_path(text(form, "next")), text(form, "name"), text(form, "email")
    try:
        wanted = await registration.prepare_sign_up(
            site.engine,
            site.passwords,
            browser,
            name=name,
            email=email,
            password=text(form, "password"),
            locale=viewer.locale,
            next=next,
        )
        return await send(
            request,
            LinkPurpose.CONFIRM,
            wanted.email,
            lambda browser: registration.sign_up(site.engine, browser, wanted),
            next,
        )
    except Problem as problem:
        return await _form(request, "people/signup.html", next, problem, name=name, email=email)


async def show_forgotten(request: Request) -> Response:
    return await _form(request, "people/forgotten.html", local_path(request.query_params.get("next")))


async def forgotten(request: Request) -> Response:
    form = await read_form(request)
    next, email = local_path(text(form, "next")), text(form, "email")
    try:
        return await _send_link(request, LinkPurpose.RESET, email, next)
    except Problem as problem:
        return await _form(request, "people/forgotten.html", next, problem, email=email)


async def show_link(request: Request) -> Response:
    """Only shows the effect of the link, so that programs that prefetch links do not use it up."""
    opened = await registration.open_link(
        site_of(request).engine, await browser_of(request), request.path_params["secret"]
    )
    return await _link_page(request, opened)


async def _link_page(request: Request, opened: Opened, problem: Problem | None = None) -> Response:
    return await page(request, "people/link.html", problem=problem, opened=opened, here="/")


async def use_link(request: Request) -> Response:
    site, form, browser = site_of(request), await read_form(request), await browser_of(request)
    secret = request.path_params["secret"]
    try:
        entered = await registration.use_link(site.engine, site.passwords, browser, secret, text(form, "password"))
    except Problem as problem:
        if problem.field != "password":
            raise
        return await _link_page(request, await registration.open_link(site.engine, browser, secret), problem)
    return await welcome(request, entered.account, entered.signin, entered.next, WELCOME)


async def sign_out(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    await read_form(request)
    if viewer.person is not None and viewer.signin is not None:
        await signins.revoke(site.engine, viewer.person.id, viewer.signin)
    response = go(request, "/", said=site.languages.texts(viewer.locale).gettext(N_("You are signed out.")))
    drop_cookie(site, response, SIGNIN)
    return response


routes = [
    Route("/sign-in", show_sign_in),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-in/guest", enter_as_guest, methods=["POST"]),
    Route("/sign-in/forgotten", show_forgotten),
    Route("/sign-in/forgotten", forgotten, methods=["POST"]),
    Route("/sign-in/link/{secret}", show_link),
    Route("/sign-in/link/{secret}", use_link, methods=["POST"]),
    Route("/sign-up", show_sign_up),
    Route("/sign-up", sign_up, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]

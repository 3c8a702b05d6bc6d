"""/account: name, email address, password, signed-in devices, tokens for programs, and personal data."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.exhibition.leads import queries as lead_queries
from rooms.people import accounts, erasure, profile, registration, signins, tokens
from rooms.people.attempts import Browser
from rooms.people.links import LinkPurpose
from rooms.people.registration import Notice
from web.conference import frame_of
from web.cookies import SIGNIN, drop_cookie
from web.forms import read_form, text
from web.pages.people.signin import browser_of, send
from web.site import site_of
from web.templating import go, page
from web.viewer import viewer_of

SAVED = N_("Saved.")
TOKENS = Rate(20, 3600)


async def _page(
    request: Request, form: str = "", problem: Problem | None = None, *, secret: str = "", **typed: str
) -> Response:
    """`form` is the name of a refused form, and `typed` its input; `secret` is a new token, shown only once."""
    site, viewer = site_of(request), await viewer_of(request)
    account = viewer.signed_in
    async with site.engine.database.read() as connection:
        devices = await signins.active(connection, account.id, site.engine.clock())
        programs = await tokens.active(connection, account.id, site.engine.clock())
        shared = await lead_queries.shared(connection, account.id)
        around = await _conference(request, connection)
    return await page(
        request,
        "people/account.html",
        **around,
        devices=[device for device in devices if device.id not in {program.id for program in programs}],
        programs=programs,
        shared=shared,
        secret=secret,
        refused=form,
        problem=problem,
        typed=typed,
        here="/account",
    )


async def _conference(request: Request, connection: AsyncConnection) -> dict[str, Any]:
    """The navigation of the conference from which the person came, with times in their own zone."""
    frame = await frame_of(request, connection, request.query_params.get("conference", ""))
    return {name: value for name, value in frame.items() if name not in {"zone", "event_zone"}}


async def show(request: Request) -> Response:
    return await _page(request)


async def _done(request: Request, news: str = SAVED) -> Response:
    viewer = await viewer_of(request)
    return go(request, "/account", said=site_of(request).languages.texts(viewer.locale).gettext(news))


async def change_profile(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    name, listed, relay_only = text(form, "name"), text(form, "listed") == "on", text(form, "relay_only") == "on"
    try:
        person = viewer.signed_in.id
        await profile.change_profile(site.engine, person, name=name, listed=listed, relay_only=relay_only)
    except Problem as problem:
        return await _page(request, "profile", problem, name=name)
    return await _done(request)


async def change_password(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    account, browser = viewer.signed_in, await browser_of(request)
    try:
        await registration.change_password(
            site.engine,
            site.passwords,
            browser,
            account,
            viewer.signin or "",
            current=text(form, "current"),
            new=text(form, "password"),
        )
    except Problem as problem:
        return await _page(request, "password", problem)
    return await _done(request, N_("Your password is changed, and you are signed out everywhere else."))


async def confirm(request: Request) -> Response:
    """Sends an email: to the unconfirmed address of an account, or to the address under which a guest registers."""
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    account = viewer.signed_in
    if account.kind == "registered" and account.verified:
        raise Problem("conflict", N_("Your address is confirmed already."))
    try:
        email = accounts.clean_email(account.email or text(form, "email"))

        async def ask(browser: Browser) -> Notice:
            return await registration.ask_to_confirm(site.engine, browser, account, email, "/account")

        return await send(request, LinkPurpose.CONFIRM, email, ask, "/account")
    except Problem as problem:
        return await _page(request, "address", problem, email=text(form, "email"))


async def end_signin(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    await signins.revoke(site.engine, viewer.signed_in.id, text(form, "signin"))
    return await _done(request, N_("That device is signed out."))


async def end_other_signins(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    await read_form(request)
    await signins.revoke_all(site.engine, viewer.signed_in.id, spared=viewer.signin)
    return await _done(request, N_("You are signed out everywhere else."))


async def make_token(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    account, name, days = viewer.signed_in, text(form, "token"), text(form, "days")
    try:
        site.engine.limits.take("token", account.id, TOKENS)
        lasts = int(days) if days.isdecimal() and len(days) < 5 else 0
        async with site.engine.transaction() as tx:
            _, secret = await tokens.make(tx.connection, account.id, name, lasts, tx.now)
    except Problem as problem:
        return await _page(request, "token", problem, token=name, days=days)
    return await _page(request, secret=secret)


async def end_token(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    await tokens.revoke(site.engine, viewer.signed_in.id, text(form, "token"))
    return await _done(request, N_("The token has been revoked."))


async def export(request: Request) -> Response:
    """Everything stored about the person, as JSON."""
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        data = await erasure.export(connection, viewer.signed_in.id)
    body = msgspec.json.format(msgspec.json.encode(data), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="plenary-my-data.json"'}
    return Response(body, media_type="application/json", headers=headers)


async def erase(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    account = viewer.signed_in
    if text(form, "sure") != "yes":
        raise Problem("invalid", N_("Tick the box to confirm."), field="sure")
    await erasure.erase(site.engine, account.id)
    gettext = site.languages.texts(viewer.locale).gettext
    response = go(request, "/", said=gettext(N_("Your account and everything you wrote have been deleted.")))
    drop_cookie(site, response, SIGNIN)
    return response


routes = [
    Route("/account", show),
    Route("/account", change_profile, methods=["POST"]),
    Route("/account/password", change_password, methods=["POST"]),
    Route("/account/address", confirm, methods=["POST"]),
    Route("/account/signins/end", end_signin, methods=["POST"]),
    Route("/account/signins/end-others", end_other_signins, methods=["POST"]),
    Route("/account/tokens", make_token, methods=["POST"]),
    Route("/account/tokens/end", end_token, methods=["POST"]),
    Route("/account/data.json", export),
    Route("/account/erase", erase, methods=["POST"]),
]

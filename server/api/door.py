"""Authenticates callers by a token or a browser's cookie, and sends responses."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.people import tokens
from server.api.contract import Call, Operation
from web.address import address_of
from web.forms import check_token
from web.problems import respond
from web.site import Site, site_of
from web.viewer import viewer_of

RATE = Rate(600, 60)
TOKENS_OF_ADDRESS = Rate(6000, 60)  # calls with a token from one network address, valid or not
LONGEST_TOKEN = 200
IN_URLS = {"token", "access_token", "api_key", "key", "authorization"}


async def answer(operation: Operation, request: Request) -> Response:
    """Runs an operation and returns its answer, or the problem in the common shape."""
    try:
        call = await _understand(operation, request)
        body = msgspec.json.encode(await operation.handler(call))
    except Problem as problem:
        response = await respond(request, problem)
        if problem.code == "not_signed_in":
            response.headers["WWW-Authenticate"] = 'Bearer realm="Plenary"'  # RFC 9110 §15.5.2
        return response
    return Response(body, media_type="application/json")


async def _understand(operation: Operation, request: Request) -> Call:
    site = site_of(request)
    _refuse_token_in_url(request)
    person, signin = await _caller(site, request, changes=operation.method != "GET")
    query = _query(operation, request.query_params.multi_items())
    body = await request.body() if operation.takes else b""
    return Call(site, person, signin, request.path_params, query, body)


def _refuse_token_in_url(request: Request) -> None:
    """Refuses tokens in addresses, because addresses end up in histories and logs."""
    if tokens.PREFIX in str(request.url) or any(name.lower() in IN_URLS for name in request.query_params):
        message = N_("A token must not be part of a URL. Send it in the Authorization header, and revoke this one.")
        raise Problem("malformed", message)


async def _caller(site: Site, request: Request, *, changes: bool) -> tuple[str | None, str | None]:
    """The person and the sign-in. A token takes precedence over a cookie; with a cookie, changes need the page's token, too."""
    given = request.headers.getlist("authorization")
    if given:
        return await _by_token(site, given, address_of(request, site.trusted_proxies))
    viewer = await viewer_of(request)
    site.engine.limits.take("api", viewer.signin or viewer.address, RATE)
    if changes and viewer.signin is not None:
        await check_token(request)
    return viewer.id, viewer.signin


async def _by_token(site: Site, given: list[str], address: str) -> tuple[str, str]:
    scheme, _, secret = given[0].partition(" ")
    secret = secret.strip()
    if len(given) != 1 or scheme.lower() != "bearer" or not secret or len(secret) > LONGEST_TOKEN:
        raise Problem("not_signed_in", N_("Send “Authorization: Bearer …” with a token of your account page."))
    site.engine.limits.take("api.address", address, TOKENS_OF_ADDRESS)
    now = site.engine.clock()
    async with site.engine.database.read() as connection:
        account, token = await tokens.who(connection, secret, now)
    # Only now: anyone can invent secrets, and each would get its own bucket.
    site.engine.limits.take("api", token.id, RATE)
    if not tokens.is_noted(token, now):
        async with site.engine.transaction() as tx:
            await tokens.note_use(tx.connection, token, now)
    return account.id, token.id


def _query(operation: Operation, given: list[tuple[str, str]]) -> Any:
    """Raises Problem "invalid" for an unknown, repeated or invalid parameter."""
    fields: Mapping[str, str] = dict(given)
    if len(fields) != len(given):
        raise Problem("invalid", N_("A parameter is given twice."))
    if operation.query is None:
        if given:
            raise Problem("invalid", N_("This parameter does not exist."), field=given[0][0])
        return None
    try:
        return msgspec.convert(fields, operation.query, strict=False)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        values = {"fault": message}
        raise Problem(
            "invalid", N_("This value is not valid: %(fault)s."), field=path.strip("`.") or None, values=values
        ) from error

"""Publishing on a session's stage by WHIP (RFC 9725), and viewing it by WHEP (draft-ietf-wish-whep-04).

    POST   …/whip | …/whep             an SDP offer → 201 with the answer and the address of the connection
    PATCH  …/whip/<id> | …/whep/<id>   trickle ICE, ICE restart (RFC 8840)
    DELETE …/whip/<id> | …/whep/<id>   ends it
    OPTIONS                            the STUN and TURN servers

A page of the site sends its cookie and the token of the page; a program sends “Authorization: Bearer” with a stream key, or with a personal token of the API.
The id of a connection cannot be guessed: who knows it may change and end that connection.
"""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.text import N_
from rooms.people import tokens
from rooms.programme import queries
from signaling.stage import keys
from signaling.stage.engine import Accepted
from signaling.stage.fragments import KIND as FRAGMENT
from signaling.stage.sdp import LONGEST
from signaling.stage.stages import Caller
from web import links
from web.forms import check_token
from web.problems import said
from web.site import site_of
from web.viewer import viewer_of

SDP = "application/sdp"
BEARERS = Rate(60, 60)
"""Of one network address, valid or not."""

Endpoint = Callable[[Request], Awaitable[Response]]


def _for_programs(endpoint: Endpoint) -> Endpoint:
    """Answers a problem as JSON: both the page's scripts and other programs come here."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Problem as problem:
            body = msgspec.json.encode({"error": said(request, await viewer_of(request), problem)})
            response = Response(body, problem.meaning.status, media_type="application/json")
            if problem.retry_after is not None:
                response.headers["Retry-After"] = str(max(1, round(problem.retry_after)))
            if problem.code == "not_signed_in":
                response.headers["WWW-Authenticate"] = 'Bearer realm="Plenary"'
            return response

    return answer


async def whip(request: Request) -> Response:
    caller, offer = await _caller(request), await _body(request, SDP)
    room = await _room(request)
    asked = request.query_params
    replaces, take = asked.get("replaces", "")[:64], asked.get("take") == "1"
    accepted = await site_of(request).stages.publish(caller, room, offer, replaces=replaces, take=take)
    return _created(request, accepted)


async def whep(request: Request) -> Response:
    caller, offer = await _caller(request), await _body(request, SDP)
    return _created(request, await site_of(request).stages.view(caller, await _room(request), offer))


async def change(request: Request) -> Response:
    fragment = await _body(request, FRAGMENT)
    etag = request.headers.get("if-match", "")
    if not etag:
        return Response(status_code=428)
    room, resource = await _room(request), request.path_params["resource"]
    stale = Response(status_code=412)
    try:
        changed = await site_of(request).stages.change(room, resource, fragment, etag.strip('"'))
    except Problem as problem:
        if problem.code == "stale":
            return stale
        raise
    if not changed.description:
        return Response(status_code=204)
    return Response(changed.description, media_type=FRAGMENT, headers={"ETag": f'"{changed.etag}"'})


async def end(request: Request) -> Response:
    await site_of(request).stages.end(await _room(request), request.path_params["resource"])
    return Response(status_code=200)


async def servers(request: Request) -> Response:
    """The STUN and TURN servers, in the form of RFC 9725 §4.6: for networks on which the stage cannot be reached directly."""
    await _room(request)
    site = site_of(request)
    response = Response(status_code=204, headers={"Accept-Post": SDP})
    person = (await _caller(request, checked=False)).person
    for server in site.ice.servers(person, site.engine.clock()) if person is not None else ():
        for url in server.urls:
            secret = f'; username="{server.username}"; credential="{server.credential}"; credential-type="password"'
            response.headers.append("Link", f'<{url}>; rel="ice-server"{secret if server.credential else ""}')
    return response


async def stream_key(request: Request) -> Response:
    """The address and the key that a speaker or moderator enters in a program such as OBS."""
    viewer, site = await viewer_of(request), site_of(request)
    key = await site.stages.key(Caller(viewer.signed_in.id, viewer.address), await _room(request))
    body = {"address": site.link(_path(request, "whip")), "key": key}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _caller(request: Request, *, checked: bool = True) -> Caller:
    """Raises Problem. `checked`: this request changes something, so a page must prove that it is ours."""
    viewer = await viewer_of(request)
    given = request.headers.get("authorization")
    if given is None:
        # Without cookies it is no browser of somebody who is signed in, so there is nothing to abuse.
        if checked and "cookie" in request.headers:
            await check_token(request)
        return Caller(viewer.id, viewer.address)
    site = site_of(request)
    site.engine.limits.take("stage.bearer", viewer.address, BEARERS)
    scheme, _, secret = given.partition(" ")
    secret = secret.strip()
    if scheme.lower() == "bearer" and (person := keys.person_of(secret)) is not None:
        return Caller(person, viewer.address, secret)
    if scheme.lower() == "bearer" and secret.startswith(tokens.PREFIX) and len(secret) <= keys.LONGEST:
        async with site.engine.database.read() as connection:
            account, _ = await tokens.who(connection, secret, site.engine.clock())
        return Caller(account.id, viewer.address)
    raise Problem("not_signed_in", N_("Send “Authorization: Bearer …” with the stream key of the session's page."))


async def _body(request: Request, kind: str) -> str:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Problem("malformed", N_("This must be sent as %(kind)s."), values={"kind": kind})
    body = await request.body()
    if len(body) > LONGEST:
        raise Problem("too_large", N_("This is too large."))
    return body.decode("utf-8", "replace")


async def _room(request: Request) -> str:
    async with site_of(request).engine.database.read() as connection:
        conference = await queries.conference(connection, request.path_params["conference"])
        return await queries.session_room(connection, conference.id, request.path_params["session"])


def _path(request: Request, end: str) -> str:
    return links.path("session", request.path_params["conference"], request.path_params["session"]) + f"/{end}"


def _created(request: Request, accepted: Accepted) -> Response:
    kind = request.url.path.rpartition("/")[2]
    location = _path(request, f"{kind}/{accepted.resource}")
    headers = {"Location": location, "ETag": f'"{accepted.etag}"', "Accept-Patch": FRAGMENT}
    return Response(accepted.description, 201, media_type=SDP, headers=headers)


def _route(end: str, endpoint: Endpoint, *methods: str) -> Route:
    return Route(f"/c/{{conference}}/sessions/{{session}}/{end}", _for_programs(endpoint), methods=list(methods))


routes = [
    _route("whip", whip, "POST"),
    _route("whep", whep, "POST"),
    *[_route(kind, servers, "OPTIONS") for kind in ("whip", "whep")],
    *[_route(f"{kind}/{{resource}}", change, "PATCH") for kind in ("whip", "whep")],
    *[_route(f"{kind}/{{resource}}", end, "DELETE") for kind in ("whip", "whep")],
    _route("stream-key", stream_key, "GET"),
]

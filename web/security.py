"""ASGI middleware for all requests: Host and Origin checks, body limit, security headers, and the last-resort error handler."""

import logging
import secrets
from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.text import N_
from web.compression import Compressing
from web.hostile import hostile
from web.problems import FAULT, respond
from web.site import Site

log = logging.getLogger("plenary.web")

BODY_LIMIT = 1_000_000  # bytes
SAFE = {"GET", "HEAD", "OPTIONS"}


class Security:
    """Wraps the whole application, so that its error responses have the headers, too."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._fixed = list(fixed_headers(site))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # Not copied: every dict adds to the memory of an idle connection.
            scope.setdefault("state", {}).update(site=self._site, nonce="", request_id=new_id()[:12])
            await self._websocket(scope, receive, send)
            return
        # A copy, because the server gives the same object to every request.
        state = {**scope.get("state", {}), "site": self._site, "nonce": secrets.token_urlsafe(16)}
        state.update(request_id=new_id()[:12], body_limit=BODY_LIMIT)
        await self._http({**scope, "state": state}, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _GuardedResponse(Compressing(scope, send), self._headers(scope))
        try:
            app: ASGIApp = self._app
            if (problem := self._refusal(scope)) is not None:
                app = await respond(Request(scope), problem)
            await app(scope, _bounded(scope, receive), answer)
        except Exception as fault:
            if answer.started:
                # Starlette has sent the page and logged the error; it only raises again to inform the server.
                return
            log.exception("request %s failed", scope["state"]["request_id"], exc_info=fault)
            response = await respond(Request(scope), Problem("internal", FAULT))
            await response(scope, receive, answer)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._refusal(scope)
        if problem is None:
            await self._app(scope, receive, send)
            return
        status = problem.meaning.status
        if "websocket.http.response" in scope.get("extensions", {}):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), *self._headers(scope)]
            await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": str(problem).encode()})
        else:
            await send({"type": "websocket.close", "code": problem.meaning.close or 4403})

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        # Load balancers check our health under the machine's address.
        if not self._is_own_host(headers) and not scope["path"].startswith("/health/"):
            return Problem("malformed", N_("This site is at %(address)s."), values={"address": self._site.origin})
        if (problem := hostile(scope)) is not None:
            return problem
        if scope["type"] == "websocket":
            return None if self._may_open_socket(headers) else Problem("forbidden", FOREIGN)
        if scope["method"] not in SAFE and not self._is_own_origin(headers):
            return Problem("forbidden", FOREIGN)
        return None

    def _is_own_host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        return len(hosts) == 1 and hosts[0].lower().removesuffix(":443" if self._site.secure else ":80") == (
            self._site.authority
        )

    def _is_own_origin(self, headers: Headers) -> bool:
        """Whether a browser sent this from one of our pages. Other programs send neither header; they still need a token."""
        origins = headers.getlist("origin")
        if any(origin.lower() != self._site.origin for origin in origins):
            return False
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}

    def _may_open_socket(self, headers: Headers) -> bool:
        # A page of another site could open a socket, and the browser would add our cookie.
        if "origin" not in headers:
            return "cookie" not in headers
        return headers.getlist("origin") == [self._site.origin]

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        policy = content_security_policy(self._site, scope["state"]["nonce"])
        return [
            *self._fixed,
            (b"content-security-policy", policy.encode()),
            (b"x-request-id", scope["state"]["request_id"].encode()),
        ]


FOREIGN = N_("This was not sent from a page of this site, so it was rejected.")


class _GuardedResponse:
    """Adds headers that the response does not set itself, and tracks whether it has started."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": list(message.get("headers", []))}
            present = MutableHeaders(raw=message["headers"])
            for name, value in self._headers:
                present.setdefault(name.decode(), value.decode())
        await self._send(message)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Raises Problem "too_large" when the body exceeds `allow_body` (or BODY_LIMIT). The limit is read with the body, so a route can raise it first."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        limit: int = scope["state"]["body_limit"]
        if received == 0 and _declared(scope) > limit:
            raise Problem("too_large", TOO_LARGE, values={"limit": _megabytes(limit)})
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise Problem("too_large", TOO_LARGE, values={"limit": _megabytes(limit)})
        return message

    return bounded


TOO_LARGE = N_("This is too large. The limit is %(limit)s MB.")


def _declared(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 19 else 0


def _megabytes(limit: int) -> str:
    return f"{limit / 1_000_000:g}"


def allow_body(connection: HTTPConnection, limit: int) -> None:
    """Raises the body limit of this request, for pages that accept files. Must be called before the form is read."""
    connection.scope["state"]["body_limit"] = limit


def content_security_policy(site: Site, nonce: str, *, own_frames: bool = False) -> str:
    """Forbids everything except what pages need: our own files, one nonce for scripts, and the stages' hosts. `own_frames`: the page frames files of ours."""
    media = " ".join(site.media_hosts)
    socket = ("wss://" if site.secure else "ws://") + site.authority
    rules = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "style-src": "'self'",
        "img-src": f"'self' data: {media}",
        "font-src": "'self'",
        "connect-src": f"'self' {socket} {media}",
        "media-src": f"'self' blob: {media}",
        "frame-src": " ".join(filter(None, ["'self'" if own_frames else "", media])) or "'none'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value.strip()}" for name, value in rules.items())


def fixed_headers(site: Site) -> Iterator[tuple[bytes, bytes]]:
    yield b"cross-origin-opener-policy", b"same-origin"
    yield b"cross-origin-resource-policy", b"same-origin"
    yield b"permissions-policy", permissions_policy(site).encode()
    # Not no-referrer, because browsers would then send "Origin: null" with our own forms.
    yield b"referrer-policy", b"same-origin"
    yield b"x-content-type-options", b"nosniff"
    yield b"x-frame-options", b"DENY"
    yield b"cache-control", b"no-store"
    if site.secure:
        yield b"strict-transport-security", b"max-age=31536000"


def permissions_policy(site: Site) -> str:
    """The device features that pages may use. Players of the stages' hosts may use full screen; everything else is denied."""
    own = ("camera", "microphone", "display-capture", "screen-wake-lock", "speaker-selection")
    shared = ("autoplay", "encrypted-media", "fullscreen", "picture-in-picture")
    refused = ("accelerometer", "browsing-topics", "geolocation", "gyroscope", "hid", "idle-detection")
    refused += ("local-fonts", "magnetometer", "midi", "payment", "serial", "usb", "xr-spatial-tracking")
    # A bare scheme is allowed in a content security policy but is no origin; here it can only mean everyone.
    schemes = any(host.endswith(":") for host in site.media_hosts)
    players = "*" if schemes else "(" + " ".join(["self", *(f'"{host}"' for host in site.media_hosts)]) + ")"
    given = [f"{name}=(self)" for name in own] + [f"{name}={players}" for name in shared]
    return ", ".join(given + [f"{name}=()" for name in refused])

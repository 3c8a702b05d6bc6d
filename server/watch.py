"""Wraps the whole application: counts, times and logs requests, and serves /metrics to Prometheus.

A line about a request holds its id, status and milliseconds, the pattern of its route (a path may hold a token) and the id of who asked.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rooms.core.ids import new_id
from server import logs
from server.metrics import CONTENT_TYPE, Metrics

log = logging.getLogger("plenary.request")
live_log = logging.getLogger("plenary.live")

FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
QUIET = ("/health/", "/static/")


@dataclass(slots=True)
class ConnectionRecord:
    """Facts about a request that only the application knows: the person, and the pattern of its route ("" if there is none). For a live connection,
    also whether it was opened; from then on the application must call `end`, because the connection may outlast the call."""

    person: str | None = None
    pattern: str = ""
    opened: bool = False
    metrics: Metrics | None = None
    began: float = field(default_factory=time.monotonic)
    id: str = ""  # names a live connection in the log

    def open(self) -> None:
        self.opened = True
        if self.metrics is not None:
            self.metrics.connections.inc()

    def end(self, code: int, person: str | None = None) -> None:
        """Counts and logs the end of a live connection, or that it was refused."""
        if self.opened and self.metrics is not None:
            self.metrics.connections.dec()
            self.metrics.closed(code)
        facts = logs.fields(code=code, ms=self.milliseconds, person=person)
        live_log.info("connection ended" if self.opened else "connection refused", extra=facts)

    @property
    def milliseconds(self) -> int:
        return round((time.monotonic() - self.began) * 1000)


class Watch:
    """`app` must contain `Inside`. `secret_host` is the public authority when a proxy speaks TLS for it: a request under that name comes from outside."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, networks: Sequence[IPv4Network | IPv6Network], proxied_host: str | None
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._networks = networks
        self._proxied_host = proxied_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        seen = ConnectionRecord()
        if scope["type"] == "websocket":
            scope.setdefault("state", {})["seen"] = seen  # not copied, to save memory
            await self._live(scope, receive, send, seen)
            return
        scope = {**scope, "state": {**scope.get("state", {}), "seen": seen}}
        if scope["path"] == "/metrics" and self._may_read(scope):
            await self._tell(send)
        else:
            await self._http(scope, receive, send, seen)

    async def _http(self, scope: Scope, receive: Receive, send: Send, seen: ConnectionRecord) -> None:
        status = 500
        request = ""

        async def noting(message: Message) -> None:
            nonlocal status, request
            if message["type"] == "http.response.start":
                status = message["status"]
                request = Headers(raw=message.get("headers", [])).get("x-request-id", "")
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.requests.labels(str(status)).inc()
            self._metrics.seconds.observe(time.monotonic() - seen.began)
            if not scope["path"].startswith(QUIET):
                facts = logs.fields(request=request, status=status, ms=seen.milliseconds, person=seen.person)
                log.info("%s %s", scope["method"], seen.pattern or "(no such page)", extra=facts)

    async def _live(self, scope: Scope, receive: Receive, send: Send, seen: ConnectionRecord) -> None:
        seen.metrics, seen.id = self._metrics, new_id()[:12]
        token = logs.current.set({"connection": seen.id})
        try:
            await self._app(scope, receive, send)
        finally:
            if not seen.opened:
                seen.end(1006)
            logs.current.reset(token)

    def _may_read(self, scope: Scope) -> bool:
        """Whether a request for metrics comes from our own networks, and not through a proxy in them."""
        headers = Headers(scope=scope)
        if any(name in headers for name in FORWARDING) or not scope.get("client"):
            return False
        if self._proxied_host is not None and headers.get("host", "").lower() == self._proxied_host:
            return False
        try:
            peer = ip_address(scope["client"][0])
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)

    async def _tell(self, send: Send) -> None:
        headers = [(b"content-type", CONTENT_TYPE.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._metrics.text()})


class Inside:
    """The innermost layer: adds the request's id to log lines, and records in `Seen` what only the application knows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "seen" not in scope.get("state", {}):
            await self._app(scope, receive, send)
            return
        state: dict[str, Any] = scope["state"]
        seen: ConnectionRecord = state["seen"]
        token = logs.current.set({"request": state.get("request_id", "")})
        try:
            await self._app(scope, receive, send)
        finally:
            logs.current.reset(token)
            viewer = state.get("viewer")
            seen.person = viewer.id if viewer is not None else None
            seen.pattern = pattern_of(scope)


def pattern_of(scope: Scope) -> str:
    """The path with named parts, as in /c/{conference}/sessions/{session}; empty when no route matched."""
    if "endpoint" not in scope:
        return ""
    parts: dict[str, Any] = scope.get("path_params", {})
    names = {str(value): name for name, value in parts.items() if value != ""}
    path: str = scope["path"]
    for value in sorted(names, key=len, reverse=True):
        path = path.replace(f"/{value}", f"/{{{names[value]}}}", 1)
    return path

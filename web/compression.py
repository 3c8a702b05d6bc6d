"""gzip for large enough text responses. docs/decisions/0013-what-is-compressed.md explains the exceptions."""

import asyncio
import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

SMALLEST = 1000  # bytes: smaller answers fit into one packet anyway
THREADED = 100_000  # bytes: compressing more at once would block the event loop for milliseconds
LEVEL = 5
TYPES = {
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
    "text/calendar",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
}


def accepts_gzip(headers: Headers) -> bool:
    for part in headers.get("accept-encoding", "").split(","):
        name, *options = (each.strip().lower() for each in part.split(";"))
        if name == "gzip":
            return not any(option.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"} for option in options)
    return False


def may_compress(headers: Headers) -> bool:
    """Whether compression is safe from BREACH, which infers secrets from the length of responses. The attack needs another site that sends repeated
    requests with our cookie. Browsers name the origin of a request; those that do not get uncompressed responses once they have a cookie."""
    return "cookie" not in headers or headers.get("sec-fetch-site") in {"same-origin", "none"}


def is_text(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() in TYPES


class Compressing:
    """A `send` that compresses complete responses. Streams are not: each piece is needed immediately, and exhibitors' files are compressed already."""

    def __init__(self, scope: Scope, send: Send) -> None:
        headers = Headers(scope=scope)
        self._wanted = accepts_gzip(headers) and may_compress(headers)
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if is_text(headers):
                headers.add_vary_header("Accept-Encoding")
                if self._wanted and message["status"] != 206 and "content-encoding" not in headers:
                    self._start = message  # whether to compress depends on the body
                    return
        elif self._start is not None:
            start, self._start = self._start, None
            body: bytes = message.get("body", b"")
            if not message.get("more_body", False) and len(body) >= SMALLEST:
                message = {**message, "body": await compress(body)}
                headers = MutableHeaders(raw=start["headers"])
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(message["body"]))
            await self._send(start)
        await self._send(message)


async def compress(body: bytes, level: int = LEVEL) -> bytes:
    if len(body) < THREADED:
        return gzip.compress(body, level, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, level, mtime=0)

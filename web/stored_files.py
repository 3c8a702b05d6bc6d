"""Serves stored files that people have uploaded. A file can never act as a page of this site."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rooms.core.commands.access import ABSENT
from rooms.core.errors import Problem
from rooms.core.files.intake import StoredFile
from web.site import site_of

MEDIA_TYPES = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
POLICY = "default-src 'none'; sandbox"
"""A file opened as a page has no origin, scripts, forms or network access, regardless of its content."""

MOST_RANGES = 10


async def file_response(
    request: Request,
    file: StoredFile,
    name: str,
    *,
    attached: bool,
    cache: str = "private, no-cache",
    framed: bool = False,
) -> tuple[Response, bool]:
    """The answer, and whether it sends the file from its beginning. The content of an address never changes, but the permission to read it may.

    `framed`: our own pages may show the file in a frame.
    """
    tag = f'"{file.digest[:32]}"'
    headers = {
        "Content-Type": MEDIA_TYPES[file.ending],
        "Content-Disposition": disposition(attached, f"{name}.{file.ending}"),
        "Content-Security-Policy": POLICY,
        "Cache-Control": cache,
        "ETag": tag,
        "Accept-Ranges": "bytes",
    }
    if framed:
        headers |= {"Content-Security-Policy": f"{POLICY}; frame-ancestors 'self'", "X-Frame-Options": "SAMEORIGIN"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers), False
    try:
        start, stop = _range(request, file.size, tag)
    except _OutOfReach:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{file.size}"}), False
    partial = (start, stop) != (0, file.size)
    headers["Content-Length"] = str(stop - start)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(status_code=206 if partial else 200, headers=headers), False
    content = await _begun(site_of(request).store.read(file.id, start, stop))
    return StreamingResponse(content, 206 if partial else 200, headers), start == 0


def disposition(attached: bool, name: str) -> str:
    """RFC 6266: an ASCII name for all clients, and the full name for those that support RFC 8187."""
    name = "".join("_" if each in '/\\:*?"<>|%' or not each.isprintable() else each for each in name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    kind = "attachment" if attached else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class _OutOfReach(Exception):
    """The requested range lies outside the file, or there are too many parts."""


def _range(request: Request, size: int, tag: str) -> tuple[int, int]:
    """The requested range (RFC 9110 §14.2). Requests for several ranges, or for an invalid one, get the whole file. Raises _OutOfReach."""
    everything = (0, size)
    asked = request.headers.get("range", "")
    if not asked.startswith("bytes=") or request.headers.get("if-range", tag) != tag:
        return everything
    if asked.count(",") >= MOST_RANGES:
        raise _OutOfReach
    first, dash, last = asked.removeprefix("bytes=").partition("-")
    if not dash or any(part and not (part.isdecimal() and part.isascii() and len(part) < 16) for part in (first, last)):
        return everything
    if not first:
        if not last:
            return everything
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise _OutOfReach
    return start, stop


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same with the file opened first, so that it can raise Problem "not_found" before the response begins."""
    try:
        first = await anext(pieces, b"")
    except FileNotFoundError as fault:
        raise Problem("not_found", ABSENT) from fault

    async def content() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return content()

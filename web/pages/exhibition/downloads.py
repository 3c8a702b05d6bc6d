"""/files/<id>/<name>: serves exhibitors' files to people who may enter the booth. A file can never act as a page of this site."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rooms.core.commands.access import ABSENT, Actor, resolve
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.journal import find_room, room_of
from rooms.exhibition.files import actions, queries
from rooms.exhibition.files.messages import FileKind
from web.site import site_of
from web.viewer import viewer_of

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
ONCE = Rate(1, 600)
"""A visitor counts once per file within this time."""


async def serve(request: Request) -> Response:
    id, name = request.path_params["file"], request.path_params["name"]
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        row = await queries.file_row(connection, id)
        if queries.address_of(row.id, row.kind, row.ending) != f"/files/{id}/{name}" or row.link:
            raise Problem("not_found", ABSENT)
        room = await find_room(connection, await room_of(connection, "booth", row.booth))
        actor = await resolve(connection, viewer.id, room, site.engine.clock())
    headers = _headers(row)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    try:
        start, stop = _range(request, row.size, headers["ETag"])
    except _OutOfReach:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{row.size}"})
    partial = (start, stop) != (0, row.size)
    headers["Content-Length"] = str(stop - start)
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{row.size}"
    if request.method == "HEAD":
        return Response(status_code=206 if partial else 200, headers=headers)
    content = await _begun(site.store.read(row.id, start, stop))
    if start == 0:
        await _count(request, row, actor)
    return StreamingResponse(content, 206 if partial else 200, headers)


def _headers(row: Any) -> dict[str, str]:
    """The content of an address never changes, but the permission to read it may."""
    logo = row.kind == FileKind.LOGO
    return {
        "Content-Type": MEDIA_TYPES[row.ending],
        "Content-Disposition": disposition(row.kind == FileKind.BROCHURE, f"{row.title}.{row.ending}"),
        "Content-Security-Policy": POLICY,
        "Cache-Control": "private, max-age=3600" if logo else "private, no-cache",
        "ETag": f'"{row.digest[:32]}"',
        "Accept-Ranges": "bytes",
    }


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


async def _count(request: Request, row: Any, actor: Actor) -> None:
    """Counts a visitor's download, once in a while. The booth's staff and prefetching browsers do not count."""
    if row.kind != FileKind.BROCHURE or actor.moderates or "prefetch" in request.headers.get("sec-purpose", ""):
        return
    engine, viewer = site_of(request).engine, await viewer_of(request)
    known = viewer.address if request.scope["state"].get("browser_is_new") else viewer.browser
    with contextlib.suppress(Problem):  # a failed count must not prevent the download
        engine.limits.take("download", f"{row.id} {viewer.id or known}", ONCE)
        async with engine.database.write() as connection:
            await actions.note_download(connection, row, actor, engine.clock())


routes = [Route("/files/{file}/{name}", serve)]

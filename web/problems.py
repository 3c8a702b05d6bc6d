"""Errors as a page or, for programs, as JSON: what happened, and what to do next."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rooms.core.errors import Problem
from rooms.core.text import N_
from web.conference import enter_at
from web.site import site_of
from web.templating import render, retry_after, said
from web.viewer import Viewer, stranger, viewer_of

log = logging.getLogger("plenary.web")

FOR_PROGRAMS = ("/api/", "/live")

TITLES = {
    400: N_("This cannot be read"),
    401: N_("Sign in to continue"),
    403: N_("You do not have access"),
    404: N_("Page not found"),
    405: N_("Not possible here"),
    409: N_("Something has changed"),
    410: N_("No longer valid"),
    413: N_("This is too large"),
    422: N_("Please check what you entered"),
    429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
    503: N_("Not available right now"),
    507: N_("No space left"),
}
OF_STATUS = {
    401: ("not_signed_in", N_("Sign in first.")),
    403: ("forbidden", N_("You are not allowed to do this.")),
    404: ("not_found", N_("There is no page at this address, or you do not have access to it.")),
    405: ("not_allowed", N_("This address does not accept this kind of request.")),
    413: ("too_large", N_("This is too large.")),
}
NOTIFIED = "notified"
"""Marks the address to which a notification leads. If its page is gone, or closed to the reader, this is to be expected and no error."""
GONE = N_("No longer available")
WITHDRAWN = N_(
    "What this notification was about has been withdrawn or removed, has ended, or is no longer open to you."
)
FAULT = N_("Something went wrong on our side. It has been logged. You can try again.")


class KeptForm(NamedTuple):
    """The input of a refused form: its address, its fields in order, and the page on which it was sent."""

    action: str
    fields: Sequence[tuple[str, str]]
    back: str = ""


async def respond(request: Request, problem: Problem, kept: KeptForm | None = None) -> Response:
    """The response to a problem. Never raises: without a database the viewer is treated as not signed in."""
    try:
        viewer = await viewer_of(request)
    except Problem:
        viewer = stranger(request)
    if not request.url.path.startswith(FOR_PROGRAMS):
        around = (
            await _around(request, kept.back if kept and kept.back else request.url.path)
            if problem.meaning.status < 500
            else {}
        )
        return _page(request, viewer, problem, kept, around)
    body = msgspec.json.encode({"error": said(request, viewer, problem)})
    response = Response(body, problem.meaning.status, media_type="application/json")
    if problem.retry_after is not None:
        response.headers["Retry-After"] = retry_after(problem.retry_after)
    return response


async def _around(request: Request, path: str) -> dict[str, Any]:
    """The context of the conference to which the path leads, if this viewer may visit it."""
    parts = urlsplit(path).path.split("/")
    if len(parts) < 3 or parts[1] != "c":
        return {}
    try:
        async with site_of(request).engine.database.read() as connection:
            return (await enter_at(request, connection, parts[2])).frame
    except Problem:
        return {}


def _page(
    request: Request, viewer: Viewer, problem: Problem, kept: KeptForm | None, around: dict[str, Any]
) -> Response:
    status = problem.meaning.status
    texts = site_of(request).languages.texts(viewer.locale)
    heading, notified = TITLES.get(status, TITLES[400]), False
    if status in (403, 404, 410) and request.method == "GET" and NOTIFIED in request.query_params:
        problem, heading, notified = Problem(problem.code, WITHDRAWN), GONE, True
    return render(
        request,
        "shell/problem.html",
        viewer,
        problem=problem,
        status_code=status,
        heading=texts.gettext(heading),
        notified=notified,
        kept=kept,
        request_id=request.scope["state"]["request_id"] if status >= 500 else None,
        **{"here": request.url.path if request.method == "GET" else around.get("path", "/"), **around},
    )


async def _on_problem(request: Request, fault: Any) -> Response:
    return await respond(request, fault)


async def _on_http(request: Request, fault: Any) -> Response:
    code, message = OF_STATUS.get(fault.status_code, ("malformed", N_("This request cannot be read.")))
    response = await respond(request, Problem(code, message))
    response.headers.update(fault.headers or {})
    return response


async def _on_fault(request: Request, fault: Exception) -> Response:
    log.error("request %s failed", request.scope["state"]["request_id"], exc_info=fault)
    return await respond(request, Problem("internal", FAULT))


Handler = Callable[[Request, Exception], Awaitable[Response]]


def handlers() -> dict[type[Exception], Handler]:
    """For Starlette's `exception_handlers`."""
    return {Problem: _on_problem, HTTPException: _on_http, Exception: _on_fault}

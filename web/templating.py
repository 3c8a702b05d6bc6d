"""Responses: a page for its viewer, or the redirect after a form."""

from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from rooms.core.errors import Problem, ProblemView
from rooms.core.ids import new_id
from rooms.people.notices import unread_each
from web import flashes
from web.session_time import moment_text
from web.site import site_of
from web.viewer import Viewer, keep_browser, viewer_of
from web.zones import NO_ZONES

UTC_ZONE = ZoneInfo("UTC")


async def page(request: Request, template: str, **context: Any) -> HTMLResponse:
    """A page for the viewer of the request; see `render`. `zone` in the context is the zone for displayed times."""
    viewer = await viewer_of(request)
    unread = await site_of(request).engine.batched(unread_each, viewer.id) if viewer.id else 0
    return render(request, template, viewer, **{"unread": unread, **context})


def render(
    request: Request,
    template: str,
    viewer: Viewer,
    *,
    status: int = 200,
    problem: Problem | None = None,
    **context: Any,
) -> HTMLResponse:
    """Renders a page with the context of base.html (docs/design.md). `problem`, the reason for refusing a form, sets the status; the template shows it."""
    site = site_of(request)
    news = flashes.read(request)
    view = said(request, viewer, problem) if problem else None
    given = {**_frame(request, viewer), "flashes": news, "problem": view, **context}
    response = HTMLResponse(
        site.templates.render(template, viewer.locale, given), problem.meaning.status if problem else status
    )
    if problem and problem.retry_after is not None:
        response.headers["Retry-After"] = retry_after(problem.retry_after)
    keep_browser(request, response)
    if news:
        flashes.clear(request, response)
    return response


def said(request: Request, viewer: Viewer, problem: Problem) -> ProblemView:
    """A problem in the viewer's language."""
    site = site_of(request)
    now, locale = site.engine.clock(), Locale.parse(viewer.locale)
    return problem.view(site.languages.texts(viewer.locale).gettext, lambda at: moment_text(at, now, locale))


def retry_after(seconds: float) -> str:
    """The Retry-After header, in whole seconds."""
    return str(max(1, round(seconds)))


def go(request: Request, path: str, *, said: str | None = None, kind: str = "") -> RedirectResponse:
    """Redirects after an accepted form: to `path` (local) with 303. `said`, already translated, is shown there once."""
    response = RedirectResponse(path, 303)
    if said is not None:
        flashes.write(request, response, [(kind, said)])
    return response


def _frame(request: Request, viewer: Viewer) -> dict[str, Any]:
    site = site_of(request)
    query = request.url.query
    return {
        "site": site,
        "viewer": viewer,
        "now": site.engine.clock(),
        "person": viewer.person,
        "locale": viewer.locale,
        "language": viewer.locale.replace("_", "-"),
        "direction": site.languages.direction(viewer.locale),
        "languages": site.languages.named(),
        "theme": viewer.theme,
        "zone_choice": viewer.zone_choice,
        "zone": viewer.zone or UTC_ZONE,
        "csrf": viewer.csrf,
        "nonce": request.scope["state"]["nonce"],
        "here": request.url.path + ("?" + query if query and request.method == "GET" else ""),
        "new_key": new_id,
        "conference": None,
        "may_organise": False,
        "reports": 0,
        "navigation": NO_ZONES,
        "unread": 0,
        "section": "",
    }

"""/notifications: everything a person has been notified of, by day; each leads to what it is about."""

from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rooms.core.ids import new_id
from rooms.people import notices
from rooms.people.desk import desk_of
from rooms.people.messages import ReadNotice
from rooms.people.notices import KEPT, ON_A_PAGE, StoredNotice
from web.conference import frame_of
from web.forms import asked_number
from web.notice_texts import text_of
from web.problems import NOTIFIED
from web.site import site_of
from web.templating import UTC_ZONE, page
from web.viewer import viewer_of


class ShownNotice(NamedTuple):
    """A notification for the template. `leads`: it is about something that has a page."""

    id: str
    text: str
    at: datetime
    unread: bool
    leads: bool


class NoticeDay(NamedTuple):
    """`ago`: 0 for today, 1 for yesterday."""

    date: date
    ago: int
    shown: list[ShownNotice]


async def show(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    person = viewer.signed_in.id
    texts, now = site.languages.texts(viewer.locale), site.engine.clock()
    number = asked_number(request, "page") or 0
    async with site.engine.database.read() as connection:
        found, total = await notices.listed(connection, person, number)
        around = await frame_of(request, connection, request.query_params.get("conference", ""))
    zone = around.get("zone") or viewer.zone or UTC_ZONE
    days = [
        NoticeDay(
            day,
            (now.astimezone(zone).date() - day).days,
            [
                ShownNotice(
                    each.id,
                    text_of(each.kind, each.values, texts, viewer.locale, now),
                    each.at,
                    each.read_at is None,
                    bool(_leads(each)),
                )
                for each in group
            ],
        )
        for day, group in groupby(found, lambda each: each.at.astimezone(zone).date())
    ]
    return await page(
        request,
        "people/notifications.html",
        **{**around, "zone": zone},
        days=days,
        number=number,
        pages=-(-total // ON_A_PAGE),
        total=total,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        until=now,
        kept_days=KEPT.days,
    )


async def follow(request: Request) -> Response:
    """Marks a notification as read and leads to what it is about. Raises Problem "not_found" when it no longer exists."""
    site, viewer = site_of(request), await viewer_of(request)
    person = viewer.signed_in.id
    async with site.engine.database.read() as connection:
        notice = await notices.notice_of(connection, person, request.path_params["notice"])
        desk = await desk_of(connection, person)
    if notice.read_at is None:
        await site.engine.perform(person, desk, ReadNotice(notice.id), new_id())
    return RedirectResponse(_marked(_leads(notice)) or "/notifications", 303)


def _leads(notice: StoredNotice) -> str:
    """The address of what it is about; empty if it has none."""
    room = notice.values.get("room", "")
    return notice.href or (f"/rooms/{room}" if room else "")


def _marked(address: str) -> str:
    """Tells the page that its reader comes from a notification, so that it says so if it no longer exists (web/problems.py)."""
    if not address:
        return ""
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), (NOTIFIED, "1")])
    return urlunsplit(parts._replace(query=query))


routes = [Route("/notifications", show), Route("/notifications/{notice}", follow)]

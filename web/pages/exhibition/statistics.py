"""/c/…/exhibition/<booth>/figures: statistics of a booth as a chart, a table and a file. Also the booth's chat as a file."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.chat.transcript import transcript
from rooms.core import csv_export as sheets
from rooms.exhibition import rules
from rooms.exhibition.statistics import MEASURES, Figures, as_rows, figures
from web.pages.exhibition.enter import AtBooth, enter_booth, sheet
from web.site import site_of

HIGH = 100
"""Units of the chart's height."""


def _day(request: Request) -> date | None:
    try:
        return date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        return None


async def _figures(connection: AsyncConnection, at: AtBooth, day: date | None) -> Figures:
    return await figures(connection, at.booth.id, at.actor.room.id, at.entered.event_zone, day)


async def show(request: Request) -> Response:
    day, measure = _day(request), request.query_params.get("of", "")
    measure = measure if measure in MEASURES else MEASURES[0]
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.counts)
        found = await _figures(connection, at, day)
    values = [getattr(moment, measure) for moment in found.moments]
    most = max(values, default=0)
    return await at.page(
        request,
        "exhibition/statistics.html",
        figures=found,
        day=day,
        measure=measure,
        measures=MEASURES,
        bars=[
            (moment, value, round(HIGH * value / most) if most else 0)
            for moment, value in zip(found.moments, values, strict=True)
        ],
        most=most,
        zone=at.entered.event_zone,
    )


async def table(request: Request) -> Response:
    """Every hour with activity."""
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.counts)
        days = (await _figures(connection, at, None)).days
        hours = [moment for day in days for moment in (await _figures(connection, at, day)).moments]
    return sheet(
        sheets.as_csv(("day", "hour", *MEASURES), as_rows(hours)), f"{at.entered.conference.slug}-{at.booth.id}-figures"
    )


async def chat(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.counts)
        data = await transcript(connection, at.actor.room.id)
    return sheet(data, f"{at.entered.conference.slug}-{at.booth.id}-chat")


PATH = "/c/{conference}/exhibition/{booth}"

routes = [
    Route(f"{PATH}/figures", show),
    Route(f"{PATH}/figures.csv", table),
    Route(f"{PATH}/chat.csv", chat),
]

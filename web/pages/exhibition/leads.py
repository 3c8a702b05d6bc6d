"""/c/…/exhibition/<booth>/leads: the leads of an exhibitor's staff, with notes; and for visitors, sharing and withdrawing their contact."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.core import csv_export as sheets
from rooms.core.text import N_
from rooms.exhibition import rules
from rooms.exhibition.leads import actions as leads
from rooms.exhibition.leads import queries as lead_queries
from rooms.exhibition.leads.messages import Rating
from rooms.exhibition.leads.queries import PAGE, Lead, Sought
from web.forms import asked_number, read_form, text
from web.pages.exhibition.enter import enter_booth, sheet
from web.pages.exhibition.sign import share_address
from web.qr import qr_code
from web.site import site_of
from web.templating import go
from web.viewer import viewer_of

COLUMNS = ("name", "organisation", "email", "purpose", "source", "agreed_at", "rating", "tags", "notes")


def _sought(request: Request) -> Sought:
    asked = request.query_params
    return Sought(
        words=asked.get("words", "")[:100].strip(),
        rating=asked.get("rating", "")[:10],
        tag=asked.get("tag", "")[:100],
        state=asked.get("state", "")[:10],
    )


async def show(request: Request) -> Response:
    sought = _sought(request)
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.answers)
        booth = at.booth.id
        found = await lead_queries.number(connection, booth, sought)
        number = min(number, max(found - 1, 0) // PAGE)
        page = await lead_queries.found(connection, booth, sought, skipped=number * PAGE, most=PAGE)
        given = await lead_queries.count(connection, booth)
        every = await lead_queries.number(connection, booth)
        tags = await lead_queries.tags(connection, booth)
        to_ask = await lead_queries.to_ask(connection, booth, leads.declined(booth))
    address = share_address(at)
    return await at.page(
        request,
        "exhibition/leads.html",
        leads=page,
        found=found,
        given=given,
        any=every > 0,
        sought=sought,
        tags=tags,
        ratings=[rating for rating in Rating if rating],
        to_ask=to_ask,
        number=number,
        pages=(found + PAGE - 1) // PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        csv=f"{at.path}/leads.csv?{request.url.query}",
        share=address,
        code=qr_code(address),
    )


async def table(request: Request) -> Response:
    """The search filters, limited to the consent of visitors."""
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, rules.answers)
        found = await lead_queries.found(connection, at.booth.id, _sought(request)._replace(state="given"))
    return sheet(sheets.as_csv(COLUMNS, map(_row, found)), f"{at.entered.conference.slug}-{at.booth.id}-leads")


def _row(lead: Lead) -> list[object]:
    notes = "\n".join(f"{sheets.cell(note.at)} {note.author}: {note.text}" for note in lead.notes)
    said = [lead.name, lead.organisation, lead.email, lead.purpose.value, lead.source.value, lead.at]
    return [*said, lead.rating.value, ", ".join(lead.tags), notes]


async def share(request: Request) -> Response:
    """The page behind the code at a booth, and behind the link in a call (?from=call)."""
    source = "call" if request.query_params.get("from") == "call" else "scan"
    async with site_of(request).engine.database.read() as connection:
        at = await enter_booth(request, connection, lambda actor: None)
        person = at.entered.viewer.id
        own = await lead_queries.own(connection, [person] if person else [], [at.booth.id])
    return await at.page(request, "exhibition/share.html", lead=own.get((person or "", at.booth.id)), source=source)


async def take_back(request: Request) -> Response:
    """Withdraws from the account page."""
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    await leads.take_back(site.engine, viewer.signed_in.id, text(form, "booth"))
    gettext = site.languages.texts(viewer.locale).gettext
    return go(request, "/account#shared", said=gettext(N_("Withdrawn: the exhibitor no longer has your contact.")))


PATH = "/c/{conference}/exhibition/{booth}"

routes = [
    Route(f"{PATH}/leads", show),
    Route(f"{PATH}/leads.csv", table),
    Route(f"{PATH}/share", share),
    Route("/account/shared/take-back", take_back, methods=["POST"]),
]

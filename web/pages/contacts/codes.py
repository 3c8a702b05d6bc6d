"""/c/…/contact-code: a code for a real table, and the page behind it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.contacts import cards, codes, queries
from rooms.contacts.connecting import check_account
from rooms.contacts.messages import ConnectionState
from rooms.core.text import N_
from rooms.people import rules
from web.conference import enter
from web.forms import read_form, several
from web.pages.contacts.contacts import chosen, own_vcard
from web.pages.contacts.words import lines, listed
from web.qr import qr_code
from web.site import site_of
from web.templating import go

PATH = "/c/{conference}/contact-code"


async def show(request: Request) -> Response:
    """The person chooses what they give; the page shows a code for it, and one that works without a network."""
    engine = site_of(request).engine
    async with engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.speaks_up(entered.actor)
        check_account(entered.actor.known)
        own = await cards.own_card(connection, entered.actor.known.id)
    fields = chosen(request, own.usual)
    code = codes.issue(engine, entered.conference.id, own.card.person, fields)
    address = entered.site.link(f"{entered.path}/contact-code/{code}")
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    own_lines = lines(own.card, locale, gettext)
    return await entered.page(
        request,
        "contacts/code.html",
        own=own,
        own_lines=own_lines,
        chosen=fields,
        gives=listed([name for name, _, _ in own_lines if name in fields], gettext),
        address=address,
        code=qr_code(address),
        offline=qr_code(own_vcard(own.card, fields, locale)),
        minutes=codes.LASTS_SECONDS // 60,
        here=f"{entered.path}/contact-code",
    )


async def opened(request: Request) -> Response:
    """Somebody has scanned a code: they see what they would get, and choose what they give."""
    engine, code = site_of(request).engine, request.path_params["code"]
    async with engine.database.read() as connection:
        entered = await enter(request, connection)
        person = rules.signed_in(entered.actor)
        shown = codes.read(engine, entered.conference.id, code)
        card = (await cards.own_card(connection, shown.person)).card
        own = await cards.own_card(connection, person.id)
        contact = await queries.contact_with(connection, person.id, shown.person)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return await entered.page(
        request,
        "contacts/opened.html",
        name=card.name,
        oneself=shown.person == person.id,
        connected=contact is not None and contact.state is ConnectionState.AGREED,
        offered=listed([name for name in shown.fields if getattr(card, name)], gettext),
        own=own,
        own_lines=lines(own.card, locale, gettext),
        guest=person.kind != "registered",
        here=f"{entered.path}/contact-code/{code}",
    )


async def agree(request: Request) -> Response:
    site, form = site_of(request), await read_form(request)
    async with site.engine.database.read() as connection:
        entered = await enter(request, connection)
    code, room = request.path_params["code"], entered.conference.room
    await codes.redeem(site.engine, entered.viewer.id, room, code, several(form, "fields"))
    gettext = site.languages.texts(entered.viewer.locale).gettext
    said = gettext(N_("You are in contact now."))
    return go(request, f"/contacts?conference={entered.conference.slug}", said=said)


routes = [
    Route(PATH, show),
    Route(f"{PATH}/{{code}}", opened, methods=["GET"]),
    Route(f"{PATH}/{{code}}", agree, methods=["POST"]),
]

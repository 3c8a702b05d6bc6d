"""/contacts: a person's contacts and requests, also as vCard files."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.contacts import cards, queries
from rooms.contacts.cards import Card
from rooms.contacts.messages import CardField, ConnectionState
from rooms.contacts.queries import Contact
from rooms.contacts.vcard import vcard, vcards
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.text import N_
from web.pages.contacts.frame import around
from web.pages.contacts.words import HOW, country_name, lines, listed
from web.site import site_of
from web.templating import page
from web.viewer import Viewer, viewer_of


async def show(request: Request) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    words = request.query_params.get("words", "")[:100].strip()
    async with site.engine.database.read() as connection:
        at = await around(request, connection)
        person = at.account.id
        own = await cards.own_card(connection, person)
        contacts = await queries.contacts_of(connection, person, words)
        received = await queries.requests_to(connection, person, site.engine.clock())
        sent = await queries.requests_of(connection, person)
    gettext = site.languages.texts(viewer.locale).gettext
    return await page(
        request,
        "contacts/contacts.html",
        **at.frame,
        words=words,
        contacts=contacts,
        received=received,
        sent=sent,
        own=own,
        own_lines=lines(own.card, viewer.locale, gettext),
        lines=lambda card: lines(card, viewer.locale, gettext),
        listed=lambda fields: listed(fields, gettext),
        how={name: gettext(text) for name, text in HOW.items()},
        query=at.query,
        here=f"/contacts{at.query}",
    )


async def everybody(request: Request) -> Response:
    """All contacts in one file."""
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        found = await queries.contacts_of(connection, viewer.signed_in.id)
    return vcard_file(vcards(_vcard(request, viewer, each) for each in found), "contacts")


async def one(request: Request) -> Response:
    site, viewer, other = site_of(request), await viewer_of(request), request.path_params["person"]
    person = viewer.signed_in.id
    async with site.engine.database.read() as connection:
        found = await queries.contact_with(connection, person, other) if is_id(other) else None
    if found is None or found.state is not ConnectionState.AGREED:
        raise Problem("not_found", N_("You are not in contact with this person."))
    return vcard_file(_vcard(request, viewer, found).encode(), f"contact-{other}")


def vcard_file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.vcf"', "Cache-Control": "private, no-store"}
    return Response(content, media_type="text/vcard; charset=utf-8", headers=headers)


def _vcard(request: Request, viewer: Viewer, contact: Contact) -> str:
    gettext = site_of(request).languages.texts(viewer.locale).gettext
    title = (contact.texts.get(viewer.locale) or {}).get("title") or contact.title
    met = gettext(N_("Met at %(conference)s, %(how)s")) % {"conference": title, "how": gettext(HOW[contact.how])}
    return vcard(contact.card, country=country_name(contact.card.country, viewer.locale), met=met)


def own_vcard(own: Card, fields: list[CardField], locale: str) -> str:
    """What somebody gives without a network: short, because it becomes a picture."""
    card = own.only(fields)
    return vcard(card._replace(note=""), country=country_name(card.country, locale))


def chosen(request: Request, usual: list[CardField]) -> list[CardField]:
    """The fields in a page's address; the usual ones for a page that was opened without."""
    asked: Any = request.query_params
    if "chosen" not in asked:
        return usual
    return [name for name in CardField if name.value in asked.getlist("fields")]


routes = [
    Route("/contacts", show),
    Route("/contacts.vcf", everybody),
    Route("/contacts/{person}.vcf", one),
]

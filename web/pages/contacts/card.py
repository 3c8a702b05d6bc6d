"""/contacts/card: a person edits what they can give to others, and who sees their profile page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.contacts import cards
from rooms.contacts.messages import CardField, EditCard, ProfileAudience
from rooms.core.commands.registry import read
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.people.desk import desk_of
from web.choices import countries, spoken_languages
from web.forms import read_form, several, text
from web.pages.contacts.frame import around
from web.pages.contacts.words import FIELDS
from web.site import site_of
from web.templating import go, page
from web.viewer import viewer_of

TEXTS = ("phone", "organisation", "job", "website", "country", "note", "offers")
AUDIENCES = {
    ProfileAudience.EVERYONE: N_("Everyone who takes part in the same conference"),
    ProfileAudience.CONTACTS: N_("My contacts; others see only my name, and can ask me"),
    ProfileAudience.NOBODY: N_("Nobody; I ask others myself, or show them a code"),
}


async def show(request: Request) -> Response:
    return await _page(request)


async def save(request: Request) -> Response:
    site, viewer, form = site_of(request), await viewer_of(request), await read_form(request)
    person = viewer.signed_in.id
    fields: dict[str, Any] = {name: text(form, name) for name in TEXTS}
    fields |= {"languages": several(form, "languages"), "usual": several(form, "usual")}
    try:
        fields["audience"] = text(form, "audience")
        async with site.engine.database.read() as connection:
            desk, query = await desk_of(connection, person), (await around(request, connection)).query
        await site.engine.perform(person, desk, read("card.edit", fields), text(form, "key"))
    except Problem as problem:
        return await _page(request, problem, fields)
    gettext = site.languages.texts(viewer.locale).gettext
    return go(request, f"/contacts{query}", said=gettext(N_("Saved.")))


async def _page(request: Request, problem: Problem | None = None, typed: dict[str, Any] | None = None) -> Response:
    site, viewer = site_of(request), await viewer_of(request)
    async with site.engine.database.read() as connection:
        at = await around(request, connection)
        own = await cards.own_card(connection, at.account.id)
    said = EditCard(
        **{name: getattr(own.card, name) for name in TEXTS if name != "offers"},
        languages=list(own.card.languages),
        offers=own.offers,
        audience=own.audience,
        usual=own.usual,
    )
    given = {name: getattr(said, name) for name in EditCard.__struct_fields__} | (typed or {})
    gettext = site.languages.texts(viewer.locale).gettext
    return await page(
        request,
        "contacts/card.html",
        **at.frame,
        given=given,
        email=own.card.email,
        problem=problem,
        countries=countries(viewer.locale),
        spoken=spoken_languages(given["languages"]),
        names=[(name.value, gettext(FIELDS[name])) for name in CardField],
        audiences=[(each.value, gettext(AUDIENCES[each])) for each in ProfileAudience],
        query=at.query,
        here=f"/contacts/card{at.query}",
    )


routes = [
    Route("/contacts/card", show, methods=["GET"]),
    Route("/contacts/card", save, methods=["POST"]),
]

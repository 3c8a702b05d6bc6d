"""/c/…/cooperation: what organisations offer and seek."""

from typing import Any

import msgspec
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation import queries, search
from rooms.cooperation.messages import EntryReview, EntrySide, FieldKind, FieldView, TypeView
from rooms.cooperation.peer_reviews import queries as peer_reviews
from rooms.cooperation.search import PAGE
from rooms.cooperation.search_messages import SearchSaved
from rooms.cooperation.tables import saved_searches
from rooms.core.commands.registry import read
from rooms.core.store.faceted_search import ValueCount
from rooms.core.text import N_
from rooms.organisations.queries import mine
from web.conference import enter
from web.forms import asked_number, read_form, text
from web.pages.cooperation.values import shown
from web.site import site_of
from web.templating import go


async def show(request: Request) -> Response:
    number = asked_number(request, "page") or 0
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        conference, person = entered.conference.id, entered.viewer.id
        types = await queries.types(connection, conference, archived=True)
        asked, saved = dict(request.query_params), await saved_by(connection, conference, person)
        if chosen := next((row for row in saved if row.id == asked.get("search")), None):
            if chosen.query.get("side") == EntrySide.IDEA.value:
                return go(request, f"{entered.path}/cooperation/board?search={chosen.id}")
            asked = {**chosen.query, **chosen.query["facets"]}
        query = search.query_of(asked, types)
        total = await search.count(connection, conference, query)
        number = min(number, max(total - 1, 0) // PAGE)
        listed = await search.page(connection, conference, query, number)
        facets = await search.facets(connection, conference, query, search.keys_of(types))
        own = await mine(connection, conference, person) if person else []
        theirs = queries.e.organisation.in_([each.id for each, _ in own])
        entries = await queries.entry_rows(connection, queries.e.conference == conference, theirs) if own else []
        requests = await queries.unanswered(connection, conference, [each.id for each, _ in own]) if own else 0
        asked_for = await peer_reviews.mine(connection, conference, person) if person else []
        waits = queries.e.review == EntryReview.WAITING.value
        waiting = sa.select(sa.func.count()).where(queries.e.conference == conference, waits)
        reviews = (await connection.execute(waiting)).scalar_one() if entered.may_organise else 0
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    return await entered.page(
        request,
        "cooperation/directory.html",
        query=query,
        entries=listed,
        types={each.id: each for each in types},
        open_types=[each for each in types if not each.archived],
        facets=_named(types, facets, entered.viewer.locale, gettext),
        saved=saved,
        has_ideas=any(each.side is EntrySide.IDEA for each in types),
        own=own,
        own_entries=[(row, queries.draft_of(row)) for row in entries],
        requests=requests,
        reviews=reviews,
        asked_for=asked_for,
        total=total,
        number=number,
        pages=(total + PAGE - 1) // PAGE,
        link_to=lambda to: str(request.url.include_query_params(page=to).query),
        here=f"{entered.path}/cooperation",
    )


async def save(request: Request) -> Response:
    """Saves the search that the page shows."""
    form = await read_form(request)
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
    asked = {name: text(form, name)[:300] for name in form if name not in {"csrf", "key", "name"}}
    command = read("search.save", {"name": text(form, "name"), "query": asked})
    outcome = await entered.site.engine.perform(entered.viewer.id, entered.conference.room, command, text(form, "key"))
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    saved = msgspec.json.decode(outcome.reply, type=SearchSaved).search
    return go(request, f"{entered.path}/cooperation?search={saved}", said=gettext(N_("The search is saved.")))


async def saved_by(connection: Any, conference: str, person: str | None) -> list[Any]:
    s = saved_searches.c
    select = sa.select(saved_searches).where(s.conference == conference, s.person == (person or ""))
    return list((await connection.execute(select.order_by(s.name, s.id))).all())


def _named(
    types: list[TypeView], facets: dict[str, list[ValueCount]], locale: str, gettext: Any
) -> list[tuple[str, FieldView | None, list[tuple[str, str]]]]:
    """Each facet with its field (None: the country of an entry) and its values, as (value, text with the number of entries)."""
    fields = {field.key: field for type in types for field in type.fields}
    found: list[tuple[str, FieldView | None, list[tuple[str, str]]]] = []
    for key, counts in facets.items():
        field = fields.get(key)
        country = FieldView(key, FieldKind.COUNTRY, "")
        values = [
            (each.value, f"{shown(field or country, each.value, locale, gettext)} ({each.rows})") for each in counts
        ]
        found.append((key, field, values))
    return found


routes = [
    Route("/c/{conference}/cooperation", show, methods=["GET"]),
    Route("/c/{conference}/cooperation/searches", save, methods=["POST"]),
]

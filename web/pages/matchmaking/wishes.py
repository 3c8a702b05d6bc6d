"""/c/…/matchmaking/wishes: whom a person wishes to meet, and a search for more people."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.matchmaking import queries
from rooms.matchmaking.messages import WishKind
from rooms.people import rules
from web.conference import enter
from web.pages.matchmaking.words import ROLES, WISHES
from web.site import site_of


async def show(request: Request) -> Response:
    words = request.query_params.get("words", "")[:200]
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person, conference = rules.signed_in(entered.actor).id, entered.conference.id
        now = entered.site.engine.clock()
        settings = await queries.settings_of(connection, conference)
        profile = await queries.profile_of(connection, conference, person)
        takes_part = profile is not None and profile.found and settings.open
        wishes = await queries.wishes_of(connection, conference, person)
        people = await queries.people_of(
            connection,
            conference,
            queries.takes_part(conference, now),
            queries.apart(person),
            queries.m.person.in_(list(wishes)),
        )
        found = await queries.search(connection, conference, person, words, now) if takes_part else []
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    listed = [(people.get(other), row) for other, row in wishes.items()]
    return await entered.page(
        request,
        "matchmaking/wishes.html",
        settings=settings,
        takes_part=takes_part,
        words=words,
        found=[(each, wishes.get(each.person.id)) for each in found],
        groups=[
            (kind.value, gettext(name), [(who, row) for who, row in listed if row.wish == kind.value])
            for kind, name in WISHES.items()
        ],
        asks=[(kind.value, gettext(WISHES[kind])) for kind in (WishKind.MUST, WishKind.MEET, WishKind.NO)],
        roles={role.value: gettext(name) for role, name in ROLES.items()},
        here=f"{entered.path}/matchmaking/wishes",
    )


routes = [Route("/c/{conference}/matchmaking/wishes", show)]

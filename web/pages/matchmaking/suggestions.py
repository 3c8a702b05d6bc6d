"""/c/…/matchmaking: whom a person should meet, and why."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.matchmaking import queries
from rooms.matchmaking.suggestions import suggestions
from rooms.people import rules
from web.conference import enter
from web.pages.matchmaking.words import ROLES, reason_text
from web.site import site_of


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person, conference = rules.signed_in(entered.actor).id, entered.conference.id
        settings = await queries.settings_of(connection, conference)
        profile = await queries.profile_of(connection, conference, person)
        shown = settings.open and profile is not None and profile.found
        now = entered.site.engine.clock()
        found = await suggestions(connection, conference, person, now) if shown else []
        wishes = await queries.wishes_of(connection, conference, person)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    return await entered.page(
        request,
        "matchmaking/suggestions.html",
        settings=settings,
        profile=profile,
        wishes=len(wishes),
        found=[(each, [reason_text(why, locale, gettext) for why in each.score.reasons]) for each in found],
        roles={role.value: gettext(name) for role, name in ROLES.items()},
        here=f"{entered.path}/matchmaking",
    )


routes = [Route("/c/{conference}/matchmaking", show)]

"""/c/…/matchmaking/profile: what a person is, works on, offers and looks for."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.cooperation.sciences import SCIENCES
from rooms.matchmaking import queries
from rooms.matchmaking.messages import MOST_SCIENCES, MOST_TAGS, MatchRole, SetMatchProfile
from rooms.people import rules
from web.choices import countries, spoken_languages
from web.conference import enter
from web.pages.matchmaking.words import ROLES
from web.site import site_of

NEW = SetMatchProfile(found=True, role=MatchRole.RESEARCHER)
MOST_COUNTRIES = 3
"""Countries of interest in the form."""


async def show(request: Request) -> Response:
    async with site_of(request).engine.database.read() as connection:
        entered = await enter(request, connection)
        person = rules.signed_in(entered.actor).id
        settings = await queries.settings_of(connection, entered.conference.id)
        profile = await queries.profile_of(connection, entered.conference.id, person)
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    said = profile or NEW
    return await entered.page(
        request,
        "matchmaking/profile.html",
        settings=settings,
        known=profile is not None,
        said=said,
        interests=[*said.countries, *[""] * (MOST_COUNTRIES - len(said.countries))],
        roles=[(role.value, gettext(name)) for role, name in ROLES.items()],
        sciences=[(code, gettext(name)) for code, name in SCIENCES.items()],
        most_sciences=MOST_SCIENCES,
        most_tags=MOST_TAGS,
        countries=countries(locale),
        spoken=spoken_languages(said.languages),
        here=f"{entered.path}/matchmaking/profile",
    )


routes = [Route("/c/{conference}/matchmaking/profile", show)]

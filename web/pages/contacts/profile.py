"""/c/…/people/<person>: the profile page of a participant, as far as they allow."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.contacts import cards, connecting, queries
from rooms.contacts.messages import CardField, ConnectionState, HowMet, ProfileAudience
from rooms.core.errors import Problem
from rooms.core.ids import is_id
from rooms.core.store.journal import find_room
from rooms.core.text import N_
from rooms.matchmaking import queries as matchmaking
from rooms.organisations.queries import mine
from rooms.people import blocks, rules
from web.conference import enter
from web.pages.contacts.words import lines
from web.pages.matchmaking.words import WISHES
from web.site import site_of

UNKNOWN = N_("There is no such person here, or they do not show their page.")
PUBLIC = (CardField.COUNTRY, CardField.LANGUAGES, CardField.ORGANISATION, CardField.JOB)
"""What the page shows of a card to those who may see it; the rest is for contacts."""


async def show(request: Request) -> Response:
    """Raises Problem "not_found" alike for people who take no part here, who are hidden, and who have blocked the viewer."""
    engine, other = site_of(request).engine, request.path_params["person"]
    async with engine.database.read() as connection:
        entered = await enter(request, connection)
        rules.takes_part(entered.actor)
        person, conference = entered.actor.known.id, entered.conference
        if not is_id(other) or await blocks.has_blocked(connection, other, [person]):
            raise Problem("not_found", UNKNOWN)
        lobby = await find_room(connection, conference.room)
        if lobby is None or not await connecting.takes_part(connection, lobby, other, engine.clock()):
            raise Problem("not_found", UNKNOWN)
        known = await cards.own_card(connection, other)
        contact = await queries.contact_with(connection, person, other) if person != other else None
        connected = contact is not None and contact.state is ConnectionState.AGREED
        asked_me = contact is not None and contact.state is ConnectionState.REQUESTED
        if known.audience is ProfileAudience.NOBODY and not (person == other or connected or asked_me):
            raise Problem("not_found", UNKNOWN)
        open = person == other or connected or known.audience is ProfileAudience.EVERYONE
        organisations = [each for each, _ in await mine(connection, conference.id, other)] if open else []
        own = await cards.own_card(connection, person)
        blocked = await blocks.has_blocked(connection, person, [other])
        wish = await matchmaking.wish_about(connection, conference.id, person, other, engine.clock())
    locale = entered.viewer.locale
    gettext = entered.site.languages.texts(locale).gettext
    given = contact.card if contact is not None and connected else known.card.only(())
    public = known.card.only(PUBLIC if open else ())
    return await entered.page(
        request,
        "contacts/profile.html",
        name=known.card.name,
        other=other,
        oneself=person == other,
        wish=wish,
        wishes=[(kind.value, gettext(name)) for kind, name in WISHES.items()],
        open=open,
        offers=known.offers if open else "",
        audience=known.audience,
        organisations=organisations,
        public=lines(public, locale, gettext),
        given=lines(given, locale, gettext),
        contact=contact,
        connected=connected,
        own=own,
        own_lines=lines(own.card, locale, gettext),
        blocked=blocked,
        how=_how(request),
        guest=entered.actor.known.kind != "registered",
        here=f"{entered.path}/people/{other}",
    )


def _how(request: Request) -> str:
    how = request.query_params.get("from", "")
    return how if how in {HowMet.CHAT, HowMet.CALL, HowMet.ROUND} else HowMet.PROFILE.value


routes = [Route("/c/{conference}/people/{person}", show)]

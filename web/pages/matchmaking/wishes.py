"""/c/…/matchmaking/wishes: whom a person wishes to meet, a search for more people, and what the schedule plans for them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rooms.matchmaking import queries
from rooms.matchmaking.messages import WishKind
from rooms.matchmaking.schedule import queries as schedules
from rooms.people import rules
from web.conference import enter
from web.pages.matchmaking.words import LEFT_OUT, OBJECTIONS, ROLES, WISHES, unplaced_text
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
        run = await schedules.visible_run(connection, conference)
        planned = await schedules.planned_for(connection, run.id, person) if run else []
        unplaced = await schedules.unplaced_for(connection, run.id, person) if run else []
        found = await queries.search(connection, conference, person, words, now) if takes_part else []
    gettext = entered.site.languages.texts(entered.viewer.locale).gettext
    listed = [(people.get(other), row) for other, row in wishes.items()]
    return await entered.page(
        request,
        "matchmaking/wishes.html",
        settings=settings,
        takes_part=takes_part,
        words=words,
        run=run,
        planned=[(each, [name for id, name in each.people if id != person]) for each in planned],
        unplaced=[(row, unplaced_text(row.reason, gettext)) for row in unplaced],
        left_out={reason.value: gettext(text) for reason, text in LEFT_OUT.items()},
        objections=[(each.value, gettext(text)) for each, text in OBJECTIONS.items()],
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

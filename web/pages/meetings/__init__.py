"""The pages of meetings: calls, booked meetings and requests, meet-ups, and rounds of short talks."""

from web.pages.meetings import calls, meetups, mine, organise, propose, rounds

# "/meetings/new" and the like come before "/meetings/{meeting}", which would match them.
routes = [*mine.routes, *propose.routes, *organise.routes, *calls.routes, *meetups.routes, *rounds.routes]

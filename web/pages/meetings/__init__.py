"""The pages of meetings: calls, booked meetings and requests, and meet-ups."""

from web.pages.meetings import calls, meetups, mine, organise, propose

# "/meetings/new" and the like come before "/meetings/{meeting}", which would match them.
routes = [*mine.routes, *propose.routes, *organise.routes, *calls.routes, *meetups.routes]

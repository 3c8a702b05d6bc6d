"""The page of a meeting and its call, and meet-ups."""

from web.pages.meetings import calls, meetups

routes = [
    *calls.routes,
    *meetups.routes,
]

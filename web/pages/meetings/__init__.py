"""The page of a meeting and its call."""

from web.pages.meetings import calls

routes = [
    *calls.routes,
]

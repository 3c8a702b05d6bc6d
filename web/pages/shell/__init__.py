"""Pages that belong to no slice: forms for commands, preferences, static files, tickets for live connections."""

from web.pages.shell import commands, preferences, static, tickets

routes = [
    *commands.routes,
    *preferences.routes,
    *static.routes,
    *tickets.routes,
]

from web.pages.shell import commands, preferences, static, tickets

routes = [*commands.routes, *preferences.routes, *static.routes, *tickets.routes]

"""The pages about people: signing in, one's account, roles."""

from web.pages.people import account, organise, signin

routes = [
    *account.routes,
    *organise.routes,
    *signin.routes,
]

"""The pages about people: signing in, one's account, roles."""

from web.pages.people import account, organise, setup, signin

routes = [
    *account.routes,
    *organise.routes,
    *setup.routes,
    *signin.routes,
]

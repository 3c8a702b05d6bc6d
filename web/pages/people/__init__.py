"""The pages about people: sign-in, account, roles."""

from web.pages.people import account, organise, setup, signin

routes = [
    *account.routes,
    *organise.routes,
    *setup.routes,
    *signin.routes,
]

"""The pages about people: sign-in, account, roles."""

from web.pages.people import account, notifications, organise, setup, signin

routes = [
    *account.routes,
    *notifications.routes,
    *organise.routes,
    *setup.routes,
    *signin.routes,
]

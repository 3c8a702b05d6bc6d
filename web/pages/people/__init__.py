from web.pages.people import account, organise, signin

routes = [*account.routes, *organise.routes, *signin.routes]

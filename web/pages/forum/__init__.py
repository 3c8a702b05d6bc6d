from web.pages.forum import sessions

routes = [*sessions.routes]

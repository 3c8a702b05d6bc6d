from web.pages.conduct import audit, reports

routes = [*audit.routes, *reports.routes]

"""The pages about conduct: reports, and the audit log."""

from web.pages.conduct import audit, reports

routes = [
    *audit.routes,
    *reports.routes,
]

"""The pages about conduct: reports, and the audit log."""

from web.pages.conduct import audit, report, reports

routes = [
    *audit.routes,
    *report.routes,
    *reports.routes,
]

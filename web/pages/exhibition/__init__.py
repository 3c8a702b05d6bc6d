"""The pages of the exhibition."""

from web.pages.exhibition import (
    applications,
    booths,
    demos,
    downloads,
    editing,
    files,
    imports,
    leads,
    shifts,
    sign,
    staff,
    statistics,
)

# "/exhibition/apply" comes before "/exhibition/{booth}", which would match it.
routes = [
    *applications.routes,
    *booths.routes,
    *demos.routes,
    *downloads.routes,
    *editing.routes,
    *files.routes,
    *imports.routes,
    *leads.routes,
    *shifts.routes,
    *sign.routes,
    *staff.routes,
    *statistics.routes,
]

"""The pages of recruitment."""

from web.pages.recruitment import board, editing, employer, job, mine, organise, profile, table, talents

routes = [
    *board.routes,
    *editing.routes,
    *job.routes,
    *profile.routes,
    *mine.routes,
    *employer.routes,
    *talents.routes,
    *organise.routes,
    *table.routes,
]

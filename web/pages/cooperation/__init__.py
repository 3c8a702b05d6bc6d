"""The pages of project cooperation."""

from web.pages.cooperation import board, directory, documents, editing, entry, organise, requests, review, table, types

# "/cooperation/new" and "/cooperation/requests" come before "/cooperation/{entry}", which would match them.
routes = [
    *directory.routes,
    *board.routes,
    *editing.routes,
    *documents.routes,
    *requests.routes,
    *review.routes,
    *organise.routes,
    *table.routes,
    *types.routes,
    *entry.routes,
]

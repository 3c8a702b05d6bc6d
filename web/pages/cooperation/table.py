"""/c/…/organise/cooperation/table: entries as a table."""

from rooms.cooperation import table, table_export
from rooms.core.text import N_
from web.tables import TablePage

PAGE = TablePage(
    table.ENTRIES,
    "cooperation",
    N_("Entries as a table"),
    N_("Import many offers, requests and ideas at once, or export all of them to a spreadsheet."),
    table_export.header,
    table_export.rows,
    (
        N_("Types and organisations must exist already. Each field of a type is a column with its name."),
        N_(
            "Entries with the state “published” are shown at once; others become drafts. Documents are not in the table."
        ),
    ),
)
routes = PAGE.routes

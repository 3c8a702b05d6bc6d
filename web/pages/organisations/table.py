"""/c/…/organise/organisations/table: organisations as a table."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.text import N_
from rooms.organisations import table
from web.tables import TablePage


async def _header(connection: AsyncConnection, conference: str) -> Sequence[str]:
    return table.HEADER


PAGE = TablePage(
    table.ORGANISATIONS,
    "organisations",
    N_("Organisations as a table"),
    N_("Import many organisations at once, or export all of them to a spreadsheet."),
    _header,
    table.rows,
    (
        N_("A row is recognised by its id, or else by its name. Several fields of work have semicolons between them."),
        N_("Members are not in the table: import them with the people."),
    ),
)
routes = PAGE.routes

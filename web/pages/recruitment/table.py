"""/c/…/organise/recruitment/table: jobs as a table."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.text import N_
from rooms.recruitment.jobs import table
from web.tables import TablePage


async def _header(connection: AsyncConnection, conference: str) -> Sequence[str]:
    return table.HEADER


PAGE = TablePage(
    table.JOBS,
    "recruitment",
    N_("Jobs as a table"),
    N_("Bring many jobs at once, or take all of them into a spreadsheet."),
    _header,
    table.rows,
    (
        N_(
            "Organisations must exist already. Jobs with the state “published” are shown at once; others become drafts."
        ),
        N_("Questions to candidates are not in the table, and stay as they are."),
    ),
)
routes = PAGE.routes

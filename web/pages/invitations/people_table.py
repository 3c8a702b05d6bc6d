"""/c/…/organise/people/table: the people of a conference as a table."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.text import N_
from rooms.invitations import people_table
from web.tables import TablePage


async def _header(connection: AsyncConnection, conference: str) -> Sequence[str]:
    return people_table.HEADER


PAGE = TablePage(
    people_table.PEOPLE,
    "people",
    N_("People as a table"),
    N_("Bring participants with their roles and organisations, or take those with a role into a spreadsheet."),
    _header,
    people_table.rows,
    (
        N_(
            "Nobody is written to. A new account can do nothing until its person has signed in with a link to their address."
        ),
        N_(
            "Accounts that exist keep their name, country and languages: these belong to the person. Roles and memberships are added, never removed."
        ),
    ),
)
routes = PAGE.routes

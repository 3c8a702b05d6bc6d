"""The search for a person whom somebody chooses for a duty."""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from rooms.core.commands.people import PersonView
from rooms.core.rate_limits import Rate
from rooms.people import candidates
from web.conference import Entered

SEARCHES = Rate(30, 600)
"""Enough to find colleagues, too few to probe which addresses are registered."""


async def people_found(request: Request, connection: AsyncConnection, entered: Entered) -> tuple[str, list[PersonView]]:
    """The words in the address of the page, and the people found by them; only organisers find people by their email address. Raises Problem
    "rate_limited"."""
    words = request.query_params.get("words", "")[:254].strip()
    if not words:
        return "", []
    entered.site.engine.limits.take("staff.search", entered.viewer.signed_in.id, SEARCHES)
    return words, await candidates.search(connection, words, by_address=entered.may_organise)

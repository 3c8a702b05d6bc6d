"""What the pages of a person's own contacts share. They belong to no conference; the one from which the person came gives the navigation."""

from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from rooms.people.accounts import Account
from web.conference import frame_of
from web.viewer import viewer_of


class Around(NamedTuple):
    """`frame`: the context of the conference's navigation; `query`: the end of links that stay within it."""

    account: Account
    frame: dict[str, Any]
    query: str


async def around(request: Request, connection: AsyncConnection) -> Around:
    """Raises Problem "not_signed_in"."""
    account = (await viewer_of(request)).signed_in
    slug = request.query_params.get("conference", "")
    frame = await frame_of(request, connection, slug)
    kept = {name: value for name, value in frame.items() if name not in {"zone", "event_zone"}}
    return Around(account, kept, f"?conference={slug}" if kept else "")

"""Who acts for an employer. Only members of the organisation do: organisers may close a job, and never see a candidate."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT, Actor
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.organisations import members
from rooms.people import rules

NOT_A_MEMBER = N_("Only members of this organisation can do this.")


def has_account(actor: Actor) -> None:
    rules.takes_part(actor)
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))


async def check_member(connection: AsyncConnection, actor: Actor, organisation: str) -> None:
    """Raises Problem "forbidden"."""
    if not await members.role_in(connection, organisation, actor.known.id):
        raise Problem("forbidden", NOT_A_MEMBER)


async def check_insider(connection: AsyncConnection, actor: Actor, organisation: str, field: str) -> None:
    """Like `check_member`, for what others may not know of. Raises Problem "not_found"."""
    if not await members.role_in(connection, organisation, actor.known.id):
        raise Problem("not_found", ABSENT, field=field)

"""The profile of a candidate. It is seen by the employers they choose, and by nobody else."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_line, optional_text
from rooms.people import rules
from rooms.recruitment.candidates.messages import (
    HEADLINE_LENGTH,
    LINK_LENGTH,
    PROFILE_LENGTH,
    DeleteProfile,
    EditProfile,
    RemoveCv,
)
from rooms.recruitment.candidates.search import SEARCH, list_candidate
from rooms.recruitment.candidates.sharing import end_all_shares
from rooms.recruitment.jobs.editing import (
    LOBBY,
    checked_countries,
    checked_country,
    checked_languages,
    checked_sciences,
)
from rooms.recruitment.rules import has_account
from rooms.recruitment.tables import candidates, job_invitations, jobs, saved_jobs

c = candidates.c
NO_CV: dict[str, Any] = {"cv": None, "cv_size": 0, "cv_digest": "", "cv_at": None}
NO_PROFILE = N_("Write your profile first.")
_LINK = re.compile(r"https?://[^\s/\\@\"'<>]+(/[^\s\\\"'<>]*)?")


@command(EditProfile, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(60, 600))
async def edit_profile(tx: Transaction, actor: Actor, command: EditProfile) -> None:
    has_account(actor)
    said = _cleaned(command)
    held = await own_candidate(tx.connection, actor)
    if held is None:
        id = new_id()
        values = {"id": id, "conference": actor.room.subject, "person": actor.known.id, **NO_CV, **said}
        await tx.connection.execute(candidates.insert().values(**values, updated_at=tx.now))
    else:
        id = held.id
        await tx.connection.execute(candidates.update().where(c.id == id).values(**said, updated_at=tx.now))
    await list_candidate(tx.connection, id, said)


@command(RemoveCv, kinds=LOBBY, allowed=rules.takes_part)
async def remove_cv(tx: Transaction, actor: Actor, command: RemoveCv) -> None:
    held = await required_candidate(tx.connection, actor)
    await tx.connection.execute(candidates.update().where(c.id == held.id).values(NO_CV))


@command(DeleteProfile, kinds=LOBBY, allowed=rules.takes_part)
async def delete_profile(tx: Transaction, actor: Actor, command: DeleteProfile) -> None:
    held = await required_candidate(tx.connection, actor)
    await end_all_shares(tx, actor)
    await SEARCH.remove(tx.connection, [held.id])
    here = sa.select(jobs.c.id).where(jobs.c.conference == actor.room.subject)
    for table in (saved_jobs, job_invitations):
        mine = sa.and_(table.c.person == actor.known.id, table.c.job.in_(here))
        await tx.connection.execute(table.delete().where(mine))
    await tx.connection.execute(candidates.delete().where(c.id == held.id))


async def own_candidate(connection: AsyncConnection, actor: Actor) -> Any:
    """The row of the actor's own profile here; None without one."""
    select = sa.select(candidates).where(c.conference == actor.room.subject, c.person == actor.known.id)
    return (await connection.execute(select)).one_or_none()


async def required_candidate(connection: AsyncConnection, actor: Actor) -> Any:
    """Raises Problem "conflict" without a profile."""
    row = await own_candidate(connection, actor)
    if row is None:
        raise Problem("conflict", NO_PROFILE)
    return row


def _cleaned(said: EditProfile) -> dict[str, Any]:
    links = [clean_line(link, LINK_LENGTH, "links") for link in said.links if link.strip()]
    if not all(_LINK.fullmatch(link) for link in links):
        raise Problem("invalid", N_("Give full addresses that begin with https://, one in each line."), field="links")
    return {
        "headline": clean_line(said.headline, HEADLINE_LENGTH, "headline"),
        "about": optional_text(said.about, PROFILE_LENGTH, "about"),
        "links": list(dict.fromkeys(links)),
        "languages": checked_languages(said.languages),
        "degree": said.degree.value,
        "sciences": checked_sciences(said.sciences),
        "country": checked_country(said.country, "country"),
        "permits": checked_countries(said.permits, "permits"),
        "years": said.years,
        "invitable": said.invitable,
    }

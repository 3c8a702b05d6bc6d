"""Reads candidates: profiles, with whom they are shared, and invitations."""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.access import ABSENT
from rooms.core.commands.people import PersonView
from rooms.core.errors import Problem
from rooms.core.store.tables import persons
from rooms.organisations.tables import organisation_members, organisations
from rooms.recruitment.candidates.messages import CandidateView, EditProfile, InvitationView, ProfileView, ShareView
from rooms.recruitment.jobs.queries import names_of
from rooms.recruitment.tables import candidates, job_invitations, jobs, profile_shares

c, s, o, i, j, p, m = (
    candidates.c,
    profile_shares.c,
    organisations.c,
    job_invitations.c,
    jobs.c,
    persons.c,
    organisation_members.c,
)
NAMED = sa.select(candidates, p.name).select_from(candidates.join(persons, p.id == c.person))
ACTIVE = s.withdrawn_at.is_(None)


async def profile(connection: AsyncConnection, conference: str, person: str) -> ProfileView | None:
    """A person's profile in a conference."""
    row = (await connection.execute(NAMED.where(c.conference == conference, c.person == person))).one_or_none()
    return view_of(row) if row is not None else None


def view_of(row: Any) -> ProfileView:
    own = {name: getattr(row, name) for name in ProfileView.__struct_fields__ if name not in {"person", "cv"}}
    return msgspec.convert({**own, "person": PersonView(row.person, row.name), "cv": row.cv or ""}, ProfileView)


def content_of(profile: ProfileView) -> dict[str, Any]:
    """A profile as the fields of a form."""
    return {name: getattr(profile, name) for name in EditProfile.__struct_fields__}


def found_view(row: Any) -> CandidateView:
    """What employers see before the profile is shared with them."""
    return msgspec.convert({name: getattr(row, name) for name in CandidateView.__struct_fields__}, CandidateView)


async def share_row(connection: AsyncConnection, conference: str, share: str) -> Any:
    """A share with its organisation's name, withdrawn or not. Raises Problem "not_found"."""
    joined = profile_shares.join(organisations, o.id == s.organisation)
    select = sa.select(
        profile_shares, o.conference, o.name.label("organisation_name"), o.texts.label("organisation_texts")
    )
    found = select.select_from(joined).where(s.id == share, o.conference == conference)
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT, field="share")
    return row


async def active_share(connection: AsyncConnection, conference: str, share: str) -> Any:
    """Like `share_row`. Raises Problem "gone" once the candidate has withdrawn it."""
    row = await share_row(connection, conference, share)
    if row.withdrawn_at is not None:
        raise Problem("not_found", ABSENT, field="share")
    return row


async def share_with(connection: AsyncConnection, organisation: str, person: str) -> Any:
    """The share of a person with an organisation, withdrawn or not; None if there never was one."""
    select = sa.select(profile_shares).where(s.organisation == organisation, s.person == person)
    return (await connection.execute(select)).one_or_none()


async def shares_of(connection: AsyncConnection, conference: str, person: str) -> list[ShareView]:
    """With whom a candidate shares, or once shared, their profile; the latest first."""
    joined = profile_shares.join(organisations, o.id == s.organisation)
    select = sa.select(s.organisation, o.name, o.texts, s.at, s.withdrawn_at).select_from(joined)
    mine = select.where(s.person == person, o.conference == conference).order_by(s.at.desc(), s.id)
    return [ShareView(*row) for row in await connection.execute(mine)]


async def cv_for(connection: AsyncConnection, conference: str, cv: str, viewer: str) -> Any:
    """The candidate whose CV it is, for the candidate and for members of employers with whom it is shared. Raises Problem "not_found"."""
    chosen = profile_shares.join(organisation_members, m.organisation == s.organisation)
    chosen = chosen.join(organisations, sa.and_(o.id == s.organisation, o.conference == c.conference))
    shared = sa.select(s.id).select_from(chosen).where(s.person == c.person, ACTIVE, m.person == viewer)
    allowed = sa.or_(c.person == viewer, shared.exists())
    row = (await connection.execute(NAMED.where(c.conference == conference, c.cv == cv, allowed))).one_or_none()
    if row is None:
        raise Problem("not_found", ABSENT)
    return row


async def invitations_of(connection: AsyncConnection, conference: str, person: str) -> list[InvitationView]:
    """The invitations of a candidate that wait for an answer, to jobs that are still shown; the latest first."""
    joined = job_invitations.join(jobs, j.id == i.job).join(organisations, o.id == j.organisation)
    select = sa.select(
        i.id, i.job, j.title, j.texts, o.name, o.texts.label("organisation_texts"), i.text, i.at
    ).select_from(joined)
    mine = sa.and_(i.person == person, j.conference == conference, i.state == "waiting", j.state == "published")
    rows = await connection.execute(select.where(mine).order_by(i.at.desc(), i.id))
    return [
        InvitationView(
            row.id,
            row.job,
            row.title,
            names_of(row.texts, row.organisation_texts),
            row.name,
            row.text,
            row.at,
        )
        for row in rows
    ]


async def invited(connection: AsyncConnection, organisation: str) -> dict[str, list[str]]:
    """The candidates whom an organisation has invited, by the id of their profile, with the titles of the jobs. A decline is not shown."""
    joined = job_invitations.join(jobs, j.id == i.job)
    joined = joined.join(candidates, sa.and_(c.person == i.person, c.conference == j.conference))
    select = sa.select(c.id, j.title).select_from(joined).where(j.organisation == organisation)
    found: dict[str, list[str]] = {}
    for row in await connection.execute(select.order_by(i.at, i.id)):
        found.setdefault(row.id, []).append(row.title)
    return found


async def shared_with(connection: AsyncConnection, organisation: str) -> dict[str, Any]:
    """The profiles that candidates share with an organisation at this moment, by share, the latest first."""
    joined = profile_shares.join(organisations, o.id == s.organisation).join(persons, p.id == s.person)
    joined = joined.join(candidates, sa.and_(c.person == s.person, c.conference == o.conference))
    select = sa.select(s.id, s.at, p.name, c.headline, c.cv).select_from(joined)
    found = select.where(s.organisation == organisation, ACTIVE).order_by(s.at.desc(), s.id)
    return {row.id: row for row in await connection.execute(found)}


async def shared_among(connection: AsyncConnection, conference: str, viewer: str, people: Collection[str]) -> Any:
    """What one of these people shares with an organisation of the viewer, for the page of their meeting; None if nobody does."""
    joined = profile_shares.join(organisations, o.id == s.organisation)
    joined = joined.join(organisation_members, m.organisation == s.organisation)
    joined = joined.join(candidates, sa.and_(c.person == s.person, c.conference == o.conference))
    select = sa.select(profile_shares).select_from(joined)
    theirs = sa.and_(o.conference == conference, m.person == viewer, s.person.in_(list(people)), ACTIVE)
    return (await connection.execute(select.where(theirs).order_by(s.at.desc(), s.id).limit(1))).one_or_none()

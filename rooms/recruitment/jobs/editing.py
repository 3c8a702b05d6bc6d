"""Jobs: members of an organisation write, publish and close them; organisers may close one."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from babel import Locale
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation.sciences import SCIENCES
from rooms.core.commands.access import Actor
from rooms.core.commands.messages import Command
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_, clean_line, optional_line, optional_text
from rooms.organisations.queries import organisation_row
from rooms.organisations.tables import organisation_members
from rooms.people import rules
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed
from rooms.recruitment.jobs import queries
from rooms.recruitment.jobs.messages import (
    ABOUT_LENGTH,
    JOB_QUESTION_LENGTH,
    PLACE_LENGTH,
    TITLE_LENGTH,
    CloseJob,
    CreateJob,
    EditJob,
    JobContent,
    JobCreated,
    JobState,
    PublishJob,
    QuestionView,
    SaveJob,
    UnsaveJob,
)
from rooms.recruitment.jobs.search import list_job, unlist
from rooms.recruitment.rules import check_insider, check_member
from rooms.recruitment.tables import jobs, saved_jobs

LOBBY = {"lobby"}
MOST_JOBS = 200
"""Jobs of one organisation."""
MOST_SAVED = 200
"""Jobs that one person has saved."""

j, m, s = jobs.c, organisation_members.c, saved_jobs.c
_TERRITORIES = frozenset(str(code) for code in Locale("en").territories if len(str(code)) == 2)
_LANGUAGES = frozenset(str(tag) for tag in Locale("en").languages)


async def with_job_members(connection: AsyncConnection, room: str, command: Command) -> Iterable[str]:
    """The desks of the members of the organisation whose job the command names."""
    job = getattr(command, "job")  # noqa: B009 - several commands have it
    select = sa.select(m.person).join(jobs, j.organisation == m.organisation).where(j.id == job)
    return await desks_of(connection, (await connection.execute(select)).scalars())


@command(CreateJob, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(60, 600))
async def create_job(tx: Transaction, actor: Actor, command: CreateJob) -> JobCreated:
    conference = actor.room.subject
    await organisation_row(tx.connection, conference, command.organisation)
    await check_member(tx.connection, actor, command.organisation)
    count = sa.select(sa.func.count()).where(j.organisation == command.organisation)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_JOBS:
        raise Problem("conflict", N_("An organisation can have at most %(most)s jobs."), values={"most": MOST_JOBS})
    job = new_id()
    values = {
        "id": job,
        "conference": conference,
        "organisation": command.organisation,
        "author": actor.known.id,
        "state": JobState.DRAFT.value,
        "created_at": tx.now,
        **cleaned(command),
    }
    await tx.connection.execute(jobs.insert().values(values))
    tx.audit(conference, actor.known.id, "job.create", job)
    return JobCreated(job)


@command(EditJob, kinds=LOBBY, allowed=rules.takes_part)
async def edit_job(tx: Transaction, actor: Actor, command: EditJob) -> None:
    row = await own_job(tx.connection, actor, command.job)
    await tx.connection.execute(jobs.update().where(j.id == row.id).values(cleaned(command)))
    if row.state == queries.PUBLISHED:
        await list_job(tx.connection, actor.room.subject, row.id)
    tx.audit(actor.room.subject, actor.known.id, "job.edit", row.id)


@command(PublishJob, kinds=LOBBY, allowed=rules.speaks_up)
async def publish_job(tx: Transaction, actor: Actor, command: PublishJob) -> None:
    row = await own_job(tx.connection, actor, command.job)
    values = {
        "state": queries.PUBLISHED,
        "published_at": row.published_at or tx.now,
        "expires_at": tx.now + timedelta(days=row.days),
        "reminded_at": None,
    }
    await tx.connection.execute(jobs.update().where(j.id == row.id).values(values))
    await list_job(tx.connection, actor.room.subject, row.id)
    tx.audit(actor.room.subject, actor.known.id, "job.publish", row.id)


@command(CloseJob, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_job_members)
async def close_job(tx: Transaction, actor: Actor, command: CloseJob) -> None:
    if Role.ORGANISER in actor.roles:
        row = await queries.job_row(tx.connection, actor.room.subject, command.job)
    else:
        row = await own_job(tx.connection, actor, command.job)
    if row.state == JobState.CLOSED.value:
        return
    await tx.connection.execute(jobs.update().where(j.id == row.id).values(state=JobState.CLOSED.value))
    await unlist(tx.connection, row.id)
    tx.audit(actor.room.subject, actor.known.id, "job.close", row.id)
    await tell_members(tx, row, "job.closed", {"job": row.title}, but=actor.known.id)


@command(SaveJob, kinds=LOBBY, allowed=rules.takes_part)
async def save_job(tx: Transaction, actor: Actor, command: SaveJob) -> None:
    row = await published_job(tx.connection, actor, command.job)
    count = sa.select(sa.func.count()).where(s.person == actor.known.id)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_SAVED:
        raise Problem("conflict", N_("You can save at most %(most)s jobs."), values={"most": MOST_SAVED})
    insert = insert_into(tx.connection, saved_jobs).values(job=row.id, person=actor.known.id, at=tx.now)
    await tx.connection.execute(insert.on_conflict_do_nothing())


@command(UnsaveJob, kinds=LOBBY, allowed=rules.takes_part)
async def unsave_job(tx: Transaction, actor: Actor, command: UnsaveJob) -> None:
    mine = sa.and_(s.job == command.job, s.person == actor.known.id)
    await tx.connection.execute(saved_jobs.delete().where(mine))


async def own_job(connection: AsyncConnection, actor: Actor, job: str) -> Any:
    """A job for the members of its organisation. Raises Problem "not_found", "forbidden" for a published one of others."""
    row = await queries.job_row(connection, actor.room.subject, job)
    if row.state == queries.PUBLISHED:
        await check_member(connection, actor, row.organisation)
    else:
        await check_insider(connection, actor, row.organisation, "job")
    return row


async def published_job(connection: AsyncConnection, actor: Actor, job: str) -> Any:
    """A job that is shown. Raises Problem "not_found"."""
    row = await queries.job_row(connection, actor.room.subject, job)
    if row.state != queries.PUBLISHED:
        raise Problem("not_found", N_("This job is no longer shown."), field="job")
    return row


async def tell_members(
    tx: Transaction,
    job: Any,
    kind: str,
    values: dict[str, str],
    *,
    but: str = "",
    to: Target | None = None,
    **about: Any,
) -> None:
    """Notifies the members of a job's organisation whose desks are locked."""
    others = sa.and_(m.person != but, not_removed(m.person, job.conference, tx.now))
    select = sa.select(m.person).where(m.organisation == job.organisation, others)
    people = (await tx.connection.execute(select)).scalars().all()
    await notify_all(tx, people, kind, values, to or Target("job", job.conference, job.id), **about)


def cleaned(content: JobContent) -> dict[str, Any]:
    """The columns of a job. Raises Problem "invalid"."""
    if content.permit and not content.country:
        raise Problem("invalid", N_("Choose the country for which the work permit is needed."), field="country")
    if content.permit and content.visa:
        raise Problem("invalid", N_("Visa support and a required work permit exclude each other."), field="permit")
    return {
        "title": clean_line(content.title, TITLE_LENGTH, "title"),
        "about": optional_text(content.about, ABOUT_LENGTH, "about"),
        "texts": _translations(content),
        "country": checked_country(content.country, "country"),
        "place": optional_line(content.place, PLACE_LENGTH, "place"),
        "workplace": content.workplace.value,
        "contract": content.contract.value,
        "sciences": checked_sciences(content.sciences),
        "visa": content.visa,
        "degree": content.degree.value,
        "languages": checked_languages(content.languages),
        "permit": content.permit,
        "years": content.years,
        "questions": msgspec.to_builtins(_questions(content.questions)),
        "days": content.days,
    }


def _translations(content: JobContent) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for locale, translated in content.texts.items():
        said = {
            "title": optional_line(translated.get("title", ""), TITLE_LENGTH, "texts"),
            "about": optional_text(translated.get("about", ""), ABOUT_LENGTH, "texts"),
            "place": optional_line(translated.get("place", ""), PLACE_LENGTH, "texts"),
        }
        if kept := {name: text for name, text in said.items() if text}:
            texts[locale] = kept
    return texts


def _questions(questions: list[QuestionView]) -> list[QuestionView]:
    if len({each.key for each in questions}) < len(questions):
        raise Problem("invalid", N_("Two questions have the same key."), field="questions")
    return [
        QuestionView(
            each.key,
            clean_line(each.text, JOB_QUESTION_LENGTH, "questions"),
            each.expected,
            {
                locale: {"text": text}
                for locale, said in each.texts.items()
                if (text := optional_line(said.get("text", ""), JOB_QUESTION_LENGTH, "questions"))
            },
        )
        for each in questions
    ]


def checked_country(code: str, field: str) -> str:
    if code and code not in _TERRITORIES:
        raise Problem("invalid", N_("Choose one of the countries."), field=field)
    return code


def checked_countries(codes: Collection[str], field: str) -> list[str]:
    return [checked_country(code, field) for code in dict.fromkeys(codes) if code]


def checked_sciences(codes: Collection[str]) -> list[str]:
    if not set(codes) <= SCIENCES.keys():
        raise Problem("invalid", N_("Choose fields of science from the list."), field="sciences")
    return list(dict.fromkeys(codes))


def checked_languages(tags: Collection[str]) -> list[str]:
    if not set(tags) <= _LANGUAGES:
        raise Problem("invalid", N_("Choose languages from the list."), field="languages")
    return list(dict.fromkeys(tags))

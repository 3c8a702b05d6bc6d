"""Publishing entries: organisers approve or return a draft, and a published entry is listed until it expires."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.documents.messages import AskToRead
from rooms.cooperation.documents.queries import forget_unused
from rooms.cooperation.fields import check_complete, facets_of, words_of
from rooms.cooperation.messages import (
    ENTRY_COMMENT_LENGTH,
    ApproveEntry,
    CommentEntry,
    DeclineEntry,
    EntryReview,
    EntrySide,
    EntryState,
    ShowInterest,
)
from rooms.cooperation.roles import list_sought
from rooms.cooperation.search import SEARCH
from rooms.cooperation.tables import (
    entries,
    entry_comments,
    entry_sought,
    entry_types,
)
from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.text import N_, clean_text
from rooms.organisations import members
from rooms.organisations.tables import organisation_members
from rooms.people import rules
from rooms.people.blocks import blocking
from rooms.people.desk import desks_of, notify_all
from rooms.people.restraints import not_removed

LOBBY = {"lobby"}
MOST_COMMENTS = 200
"""Comments on one entry."""

e, m = entries.c, organisation_members.c

AboutEntry = ApproveEntry | DeclineEntry | CommentEntry | ShowInterest | AskToRead


async def with_members(connection: AsyncConnection, room: str, command: AboutEntry) -> Iterable[str]:
    """The desks of the members of the entry's organisation."""
    select = sa.select(m.person).join(entries, e.organisation == m.organisation).where(e.id == command.entry)
    return await desks_of(connection, (await connection.execute(select)).scalars())


@command(ApproveEntry, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_members)
async def approve_entry(tx: Transaction, actor: Actor, command: ApproveEntry) -> None:
    row = await queries.entry_row(tx.connection, actor.room.subject, command.entry)
    await check_ready(tx.connection, row)
    waits = row.review == EntryReview.WAITING.value
    if command.submitted_at is not None and not (waits and row.submitted_at == command.submitted_at):
        raise Problem("stale", N_("This draft has changed since it was submitted. Read it again."), field="entry")
    values = {
        **row.draft,
        "draft": None,
        "review": EntryReview.NONE.value,
        "state": EntryState.PUBLISHED.value,
        "published_at": row.published_at or tx.now,
        "expires_at": await expiry(tx.connection, row.type, tx.now),
        "reminded_at": None,
    }
    await tx.connection.execute(entries.update().where(e.id == row.id).values(values))
    await forget_unused(tx.connection, row.id)
    await list_entry(tx.connection, actor.room.subject, row.id)
    tx.audit(actor.room.subject, actor.known.id, "entry.approve", row.id)
    await _notify_members(tx, actor, row, "entry.approved")


@command(DeclineEntry, kinds=LOBBY, allowed=rules.organises, extra_rooms=with_members)
async def decline_entry(tx: Transaction, actor: Actor, command: DeclineEntry) -> None:
    row = await queries.entry_row(tx.connection, actor.room.subject, command.entry)
    if row.draft is None:
        raise Problem("conflict", NO_DRAFT, field="entry")
    await _comment(tx, actor, row.id, command.comment, "comment", most=None)
    declined = entries.update().where(e.id == row.id).values(review=EntryReview.DECLINED.value)
    await tx.connection.execute(declined)
    tx.audit(actor.room.subject, actor.known.id, "entry.decline", row.id)
    await _notify_members(tx, actor, row, "entry.declined")


@command(CommentEntry, kinds=LOBBY, allowed=rules.takes_part, extra_rooms=with_members)
async def comment_entry(tx: Transaction, actor: Actor, command: CommentEntry) -> None:
    row = await queries.entry_row(tx.connection, actor.room.subject, command.entry)
    if Role.ORGANISER not in actor.roles and not await members.role_in(tx.connection, row.organisation, actor.known.id):
        raise Problem("not_found", NO_ENTRY, field="entry")
    await _comment(tx, actor, row.id, command.text, "text")
    await _notify_members(tx, actor, row, "entry.comment")


NO_DRAFT = N_("This entry has no draft.")
NO_ENTRY = N_("This entry does not exist, or you do not have access to it.")


async def _comment(
    tx: Transaction, actor: Actor, entry: str, text: str, field: str, most: int | None = MOST_COMMENTS
) -> None:
    count = sa.select(sa.func.count()).where(entry_comments.c.entry == entry)
    if most is not None and (await tx.connection.execute(count)).scalar_one() >= most:
        message = N_("An entry can have at most %(most)s comments.")
        raise Problem("conflict", message, values={"most": most})
    said = {
        "entry": entry,
        "person": actor.known.id,
        "text": clean_text(text, ENTRY_COMMENT_LENGTH, field),
        "at": tx.now,
    }
    await tx.connection.execute(entry_comments.insert().values(id=new_id(), **said))


async def _notify_members(tx: Transaction, actor: Actor, row: Any, kind: str) -> None:
    """Notifies the organisation's members, except the actor."""
    others = sa.and_(m.person != actor.known.id, not_removed(m.person, row.conference, tx.now))
    select = sa.select(m.person).where(m.organisation == row.organisation, others)
    people = (await tx.connection.execute(select)).scalars().all()
    target = Target("entry", actor.room.subject, row.id)
    await notify_all(tx, people, kind, {"entry": row.draft["title"] if row.draft else row.title}, target)


async def entry_of_others(tx: Transaction, actor: Actor, entry: str) -> Any:
    """A published entry about which this person may ask its organisation. Raises Problem."""
    if actor.known.kind != "registered":
        raise Problem("forbidden", N_("You need an account for this. Add your email address first."))
    row = await queries.entry_row(tx.connection, actor.room.subject, entry)
    if row.state != EntryState.PUBLISHED.value:
        raise Problem("not_found", N_("This entry is no longer shown."), field="entry")
    if await members.role_in(tx.connection, row.organisation, actor.known.id):
        raise Problem("forbidden", N_("This entry is your own organisation's."))
    return row


async def answering(tx: Transaction, actor: Actor, row: Any) -> list[str]:
    """The members of an entry's organisation who are notified of somebody's request: not those who have blocked them. Raises Problem "conflict" if
    nobody could answer."""
    able = members.can_answer(row.conference, tx.now)
    reachable = sa.select(m.person).where(m.organisation == row.organisation, able)
    here = list((await tx.connection.execute(reachable)).scalars())
    if not here:
        text = N_("Nobody from this organisation takes part at the moment, so nobody could answer.")
        raise Problem("conflict", text, field="entry")
    return sorted(set(here) - await blocking(tx.connection, actor.known.id, here))


async def check_ready(connection: AsyncConnection, row: Any) -> None:
    """Raises Problem "conflict" without a draft, "invalid" when a required field is empty."""
    if row.draft is None:
        raise Problem("conflict", NO_DRAFT, field="entry")
    select = sa.select(entry_types).where(entry_types.c.id == row.type)
    type = queries.type_of((await connection.execute(select)).one())
    check_complete(type.fields, row.draft["values"])
    if type.side is EntrySide.IDEA and not row.draft.get("roles"):
        raise Problem("invalid", N_("An idea needs at least one role that you seek."), field="roles")


async def expiry(connection: AsyncConnection, type: str, now: datetime) -> datetime:
    """When an entry of this type expires that is shown from now on."""
    days = (await connection.execute(sa.select(entry_types.c.days).where(entry_types.c.id == type))).scalar_one()
    return now + timedelta(days=days)


async def list_entry(connection: AsyncConnection, conference: str, entry: str) -> None:
    """Makes a published entry findable by its words and facets."""
    row = await queries.entry_row(connection, conference, entry)
    type = queries.type_of(await queries.type_row(connection, conference, row.type))
    translated = [text for said in row.texts.values() for text in said.values()]
    names = [said["name"] for said in row.organisation_texts.values() if said.get("name")]
    roles = queries.view_of(row).roles
    sought = [name for role in roles for name in (role.name, *(said["name"] for said in role.texts.values()))]
    words = [row.title, row.about, row.organisation_name, *names, *translated, *words_of(type.fields, row.values)]
    words += sought
    facets = {"country": row.country} | facets_of(type.fields, row.values)
    await SEARCH.put(connection, entry, words, facets.items())
    await list_sought(connection, entry, roles)


async def unlist(connection: AsyncConnection, ids: Collection[str]) -> None:
    await SEARCH.remove(connection, ids)
    await connection.execute(entry_sought.delete().where(entry_sought.c.entry.in_(list(ids))))

"""Entries: members of an organisation write a draft, and visitors see it once the organisers have approved it."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.cooperation import queries
from rooms.cooperation.documents.queries import fields_of, forget_unused
from rooms.cooperation.fields import cleaned_values
from rooms.cooperation.messages import (
    ABOUT_LENGTH,
    TITLE_LENGTH,
    CreateEntry,
    DraftEntry,
    EntryContent,
    EntryCreated,
    EntryReview,
    EntryState,
    InterestState,
    RenewEntry,
    SubmitEntry,
    TypeView,
    WithdrawEntry,
)
from rooms.cooperation.publication import check_ready, expiry, list_entry, unlist
from rooms.cooperation.roles import cleaned_roles
from rooms.cooperation.tables import entries, interests
from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.text import N_, clean_line, clean_text, optional_text
from rooms.organisations import members
from rooms.organisations.queries import organisation_row
from rooms.people import rules

LOBBY = {"lobby"}
MOST_ENTRIES = 100
"""Entries of one organisation."""

e, i = entries.c, interests.c


@command(CreateEntry, kinds=LOBBY, allowed=rules.takes_part, rate=Rate(30, 600))
async def create_entry(tx: Transaction, actor: Actor, command: CreateEntry) -> EntryCreated:
    conference = actor.room.subject
    await organisation_row(tx.connection, conference, command.organisation)
    await check_acts_for(tx.connection, actor, command.organisation)
    type = await queries.type_row(tx.connection, conference, command.type)
    if type.archived_at is not None:
        raise Problem("conflict", N_("The organisers no longer accept entries of this type."), field="type")
    # One that is kept only for its result cannot be deleted, so it does not count.
    accepted = sa.exists().where(i.entry == e.id, i.state == InterestState.ACCEPTED.value)
    kept = sa.and_(e.state == EntryState.WITHDRAWN.value, accepted)
    count = sa.select(sa.func.count()).where(e.organisation == command.organisation, ~kept)
    if (await tx.connection.execute(count)).scalar_one() >= MOST_ENTRIES:
        message = N_("An organisation can have at most %(most)s entries. Delete one first.")
        raise Problem("conflict", message, values={"most": MOST_ENTRIES})
    said = cleaned(command, queries.type_of(type), {})
    entry = new_id()
    values = {
        "id": entry,
        "conference": conference,
        "organisation": command.organisation,
        "type": command.type,
        "author": actor.known.id,
        "state": EntryState.HIDDEN.value,
        **said,
        "draft": said,
        "review": EntryReview.DRAFT.value,
        "created_at": tx.now,
    }
    await tx.connection.execute(entries.insert().values(values))
    tx.audit(conference, actor.known.id, "entry.create", entry)
    return EntryCreated(entry)


@command(DraftEntry, kinds=LOBBY, allowed=rules.takes_part)
async def draft_entry(tx: Transaction, actor: Actor, command: DraftEntry) -> None:
    row = await own_entry(tx.connection, actor, command.entry)
    type = queries.type_of(await queries.type_row(tx.connection, actor.room.subject, row.type))
    draft = cleaned(command, type, await fields_of(tx.connection, row.id))
    values = {"draft": draft, "review": EntryReview.DRAFT.value}
    await tx.connection.execute(entries.update().where(e.id == row.id).values(values))
    await forget_unused(tx.connection, row.id)


@command(SubmitEntry, kinds=LOBBY, allowed=rules.takes_part)
async def submit_entry(tx: Transaction, actor: Actor, command: SubmitEntry) -> None:
    row = await own_entry(tx.connection, actor, command.entry)
    if row.draft is None and row.state == EntryState.WITHDRAWN.value:
        row = await _drafted_again(tx, row.id)
    await check_ready(tx.connection, row)
    if row.review != EntryReview.WAITING.value:
        values = {"review": EntryReview.WAITING.value, "submitted_at": tx.now}
        await tx.connection.execute(entries.update().where(e.id == row.id).values(values))


async def _drafted_again(tx: Transaction, entry: str) -> Any:
    """A withdrawn entry, with its last texts as a draft."""
    said = [e[name] for name in EntryContent.__struct_fields__]
    row = (await tx.connection.execute(sa.select(*said).where(e.id == entry))).mappings().one()
    update = entries.update().where(e.id == entry).values(draft=dict(row)).returning(entries)
    return (await tx.connection.execute(update)).one()


@command(RenewEntry, kinds=LOBBY, allowed=rules.takes_part)
async def renew_entry(tx: Transaction, actor: Actor, command: RenewEntry) -> None:
    row = await own_entry(tx.connection, actor, command.entry)
    if row.state not in {EntryState.PUBLISHED.value, EntryState.EXPIRED.value}:
        raise Problem("conflict", N_("Only an entry that was published can be renewed."), field="entry")
    expires = await expiry(tx.connection, row.type, tx.now)
    values = {"state": EntryState.PUBLISHED.value, "expires_at": expires, "reminded_at": None}
    await tx.connection.execute(entries.update().where(e.id == row.id).values(values))
    # Also one that was published when it was read: it may have expired in the meantime.
    await list_entry(tx.connection, actor.room.subject, row.id)
    tx.audit(actor.room.subject, actor.known.id, "entry.renew", row.id)


@command(WithdrawEntry, kinds=LOBBY, allowed=rules.takes_part)
async def withdraw_entry(tx: Transaction, actor: Actor, command: WithdrawEntry) -> None:
    row = await own_entry(tx.connection, actor, command.entry)
    if row.state == EntryState.WITHDRAWN.value:
        return
    values = {"state": EntryState.WITHDRAWN.value, "review": EntryReview.NONE.value, "draft": None}
    if row.state == EntryState.HIDDEN.value and row.draft:  # never published: the draft is all there is
        values |= row.draft
    await tx.connection.execute(entries.update().where(e.id == row.id).values(values))
    await unlist(tx.connection, [row.id])
    tx.audit(actor.room.subject, actor.known.id, "entry.withdraw", row.id)


def cleaned(content: EntryContent, type: TypeView, documents: dict[str, str]) -> dict[str, Any]:
    """The texts of an entry as columns; `documents`: those uploaded for it, with their fields. Raises Problem "invalid"."""
    texts: dict[str, dict[str, str]] = {}
    for locale, translated in content.texts.items():
        if (title := translated.get("title", "")).strip():
            texts.setdefault(locale, {})["title"] = clean_line(title, TITLE_LENGTH, "texts")
        if (about := translated.get("about", "")).strip():
            texts.setdefault(locale, {})["about"] = clean_text(about, ABOUT_LENGTH, "texts")
    return {
        "title": clean_line(content.title, TITLE_LENGTH, "title"),
        "about": optional_text(content.about, ABOUT_LENGTH, "about"),
        "texts": texts,
        "country": content.country,
        "values": cleaned_values(type.fields, content.values, documents),
        "roles": msgspec.to_builtins(cleaned_roles(content.roles, type)),
    }


async def own_entry(connection: AsyncConnection, actor: Actor, entry: str) -> Any:
    """An entry for those who act in the name of its organisation. Raises Problem "not_found": a stranger may not know of a draft."""
    row = await queries.entry_row(connection, actor.room.subject, entry)
    try:
        await check_acts_for(connection, actor, row.organisation)
    except Problem as problem:
        if row.state == EntryState.PUBLISHED.value:
            raise
        raise Problem("not_found", problem.message, field="entry") from None
    return row


async def check_acts_for(connection: AsyncConnection, actor: Actor, organisation: str) -> None:
    """Members act in the name of their organisation, organisers in that of all. Raises Problem "forbidden"."""
    if Role.ORGANISER not in actor.roles and not await members.role_in(connection, organisation, actor.known.id):
        raise Problem("forbidden", N_("Only members of this organisation and organisers can do this."))


def said_of(view: object) -> dict[str, Any]:
    """The texts of a view, as the fields of a form."""
    return {name: msgspec.to_builtins(getattr(view, name)) for name in EntryContent.__struct_fields__}

"""Chat commands, the same for every kind of room that has a chat."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat import messages as m
from rooms.chat import queries as chat_queries
from rooms.chat.tables import chats, marks, messages
from rooms.core.commands.access import Actor
from rooms.core.commands.people import Role
from rooms.core.commands.registry import batch_command, command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.journal import Room
from rooms.core.text import N_, clean_text
from rooms.people import rules

CHATTING = {"session", "lobby", "booth", "meeting"}

PostingRule = Callable[[AsyncConnection, Room, Collection[str]], Awaitable[Mapping[str, Problem]]]
"""Those of these people who may not post in a room, and why."""

_RULES: dict[str, PostingRule] = {}


def posting_rule(kind: str) -> Callable[[PostingRule], PostingRule]:
    """Registers the posting rule of a slice for its kind of room."""

    def register(rule: PostingRule) -> PostingRule:
        _RULES[kind] = rule
        return rule

    return register


PostedOr = tuple[m.Posted, int | None] | Problem
"""The result of one message of a batch: its reply and seq, or why it was refused."""


@batch_command(m.PostMessage, kinds=CHATTING, allowed=rules.speaks_up, rate=Rate(10, 10))
async def post_messages(tx: Transaction, commands: Sequence[tuple[Actor, m.PostMessage]]) -> list[PostedOr]:
    here = commands[0][0].room
    chat = await chat_queries.chat(tx.connection, here.id)
    rule = _RULES.get(here.kind)
    refused: Mapping[str, Problem] = {}
    if rule is not None:
        refused = await rule(tx.connection, here, {actor.known.id for actor, _ in commands})
    last = await _last_posts(tx, commands) if chat.slow_seconds else {}
    rows: list[dict[str, Any]] = []
    replies: list[PostedOr] = []
    for actor, post in commands:
        try:
            if actor.known.id in refused:
                raise refused[actor.known.id]
            next_at = None if actor.moderates else _check_pace(tx, chat, last.get(actor.known.id))
            text = clean_text(post.text, m.MESSAGE_LENGTH, "text")
        except Problem as problem:
            replies.append(problem)
            continue
        author, room = actor.known, actor.room.id
        message = m.MessageView(new_id(), tx.next_seq(), author.view, text, tx.now, mark_of(actor))
        signed = {"author": author.id, "author_name": author.name, "mark": message.mark and message.mark.value}
        rows.append({"id": message.id, "room": room, "number": message.number, **signed, "text": text, "at": tx.now})
        last[author.id] = tx.now
        replies.append((m.Posted(message.id, next_at), tx.record(m.MessagePosted(message), person=author.id)))
    if rows:
        await tx.connection.execute(messages.insert(), rows)
    return replies


def mark_of(actor: Actor) -> m.Mark | None:
    """The highest role of the author in this room."""
    return next((mark for role, mark in _MARKS if role in actor.roles), None)


_MARKS = (
    (Role.ORGANISER, m.Mark.ORGANISER),
    (Role.OWNER, m.Mark.STAFF),
    (Role.STAFF, m.Mark.STAFF),
    (Role.CONTACT, m.Mark.STAFF),
    (Role.MODERATOR, m.Mark.MODERATOR),
    (Role.SPEAKER, m.Mark.SPEAKER),
)


async def _last_posts(tx: Transaction, commands: Sequence[tuple[Actor, m.PostMessage]]) -> dict[str, datetime]:
    """When each of them posted last."""
    people = {actor.known.id for actor, _ in commands}
    select = sa.select(messages.c.author, sa.func.max(messages.c.at)).group_by(messages.c.author)
    select = select.where(messages.c.room == commands[0][0].room.id, messages.c.author.in_(people))
    return {row[0]: row[1] for row in await tx.connection.execute(select)}


def _check_pace(tx: Transaction, chat: m.ChatView, last: datetime | None) -> datetime | None:
    """When an attendee may post again after this message; None: at once. Raises Problem "closed" or "rate_limited"."""
    if not chat.open:
        raise Problem("closed", N_("The chat is closed. Your text is kept here."))
    wait = timedelta(seconds=chat.slow_seconds)
    if last is not None and tx.now < last + wait:
        left = (last + wait - tx.now).total_seconds()
        message = N_("Slow mode: one message every %(seconds)s seconds. Your text is kept here.")
        raise Problem("rate_limited", message, retry_after=round(left, 1), values={"seconds": chat.slow_seconds})
    return tx.now + wait if wait else None


@command(m.RemoveMessage, kinds=CHATTING, allowed=rules.takes_part)
async def remove_message(tx: Transaction, actor: Actor, command: m.RemoveMessage) -> None:
    this = sa.and_(messages.c.room == actor.room.id, messages.c.id == command.message)
    columns = (messages.c.author, messages.c.number, messages.c.removed_by)
    row = (await tx.connection.execute(sa.select(*columns).where(this))).one_or_none()
    if row is None or (row.author != actor.known.id and not actor.moderates):
        raise Problem("not_found", N_("This message does not exist, or is not yours."), field="message")
    if row.removed_by is not None:
        return
    await tx.connection.execute(messages.update().where(this).values(removed_by=actor.known.id))
    tx.hide(m.MessagePosted, command.message, since=row.number)
    tx.record(m.MessageRemoved(command.message))
    if row.author != actor.known.id:
        tx.audit(
            actor.room.conference,
            actor.known.id,
            "chat.remove",
            command.message,
            {"room": actor.room.id, "author": row.author},
        )


@command(m.ReadChat, kinds=CHATTING, allowed=rules.takes_part)
async def read_chat(tx: Transaction, actor: Actor, command: m.ReadChat) -> None:
    number = min(command.number, actor.room.seq)
    insert = insert_into(tx.connection, marks).values(person=actor.known.id, room=actor.room.id, number=number)
    further = insert.on_conflict_do_update(
        index_elements=[marks.c.person, marks.c.room], set_={"number": number}, where=marks.c.number < number
    )
    if (await tx.connection.execute(further)).rowcount:
        tx.latest(m.OwnRead("", number), person=actor.known.id)


@command(m.SetChat, kinds=CHATTING, allowed=rules.moderates)
async def set_chat(tx: Transaction, actor: Actor, command: m.SetChat) -> None:
    await change_chat(tx, actor.room.id, m.ChatView(command.open, command.slow_seconds))


async def change_chat(tx: Transaction, room: str, now: m.ChatView) -> None:
    if now == await chat_queries.chat(tx.connection, room):
        return
    settings = {"open": now.open, "slow_seconds": now.slow_seconds}
    await tx.connection.execute(chats.update().where(chats.c.room == room).values(settings))
    tx.record(m.ChatChanged(now), room=room)

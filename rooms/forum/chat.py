"""The chat of a room: the same in a session, in the lobby, and wherever else people follow."""

from datetime import timedelta

import sqlalchemy as sa

from rooms.commands import command
from rooms.database import insert_into
from rooms.errors import Problem
from rooms.forum import messages as m
from rooms.forum import queries
from rooms.forum.tables import chats, marks, messages
from rooms.ids import new_id
from rooms.limits import Rate
from rooms.people import rules
from rooms.text import N_, clean_text
from rooms.transaction import Transaction
from rooms.visit import Visit

CHATTING = {"session", "lobby"}


@command(m.PostMessage, kinds=CHATTING, allowed=rules.speaks_up, rate=Rate(10, 10))
async def post_message(tx: Transaction, visit: Visit, given: m.PostMessage) -> m.Posted:
    author = visit.known
    chat = await queries.chat(tx.connection, visit.room.id)
    wait = timedelta(0)
    if not visit.moderates:
        if not chat.open:
            raise Problem("closed", N_("The chat is closed just now. Your text is kept here."))
        wait = timedelta(seconds=chat.slow_seconds)
        await _check_pace(tx, visit.room.id, author.id, wait)
    text = clean_text(given.text, m.MESSAGE_LENGTH, "text")
    id, number = new_id(), tx.next_seq()
    message = m.MessageView(id, number, author.view, text, tx.now)
    values = {
        "id": id,
        "room": visit.room.id,
        "number": number,
        "author": author.id,
        "author_name": author.name,
        "text": text,
        "at": tx.now,
    }
    await tx.connection.execute(messages.insert().values(values))
    tx.record(m.MessagePosted(message), person=author.id)
    return m.Posted(id, tx.now + wait if wait else None)


async def _check_pace(tx: Transaction, room: str, person: str, wait: timedelta) -> None:
    if not wait:
        return
    select = sa.select(sa.func.max(messages.c.at)).where(messages.c.room == room, messages.c.author == person)
    last = (await tx.connection.execute(select)).scalar_one()
    if last is not None and tx.now < last + wait:
        left = (last + wait - tx.now).total_seconds()
        message = N_("Slow mode: one message every %(seconds)s seconds. Your text is kept here.")
        raise Problem(
            "rate_limited", message, retry_after=round(left, 1), values={"seconds": int(wait.total_seconds())}
        )


@command(m.RemoveMessage, kinds=CHATTING, allowed=rules.takes_part)
async def remove_message(tx: Transaction, visit: Visit, given: m.RemoveMessage) -> None:
    this = sa.and_(messages.c.room == visit.room.id, messages.c.id == given.message)
    row = (await tx.connection.execute(sa.select(messages.c.author, messages.c.removed_by).where(this))).one_or_none()
    if row is None or (row.author != visit.known.id and not visit.moderates):
        raise Problem("not_found", N_("This message does not exist here, or is not yours."), field="message")
    if row.removed_by is not None:
        return
    await tx.connection.execute(messages.update().where(this).values(removed_by=visit.known.id))
    tx.record(m.MessageRemoved(given.message))
    if row.author != visit.known.id:
        tx.audit(
            visit.room.conference,
            visit.known.id,
            "chat.remove",
            given.message,
            {"room": visit.room.id, "author": row.author},
        )


@command(m.ReadChat, kinds=CHATTING, allowed=rules.takes_part)
async def read_chat(tx: Transaction, visit: Visit, given: m.ReadChat) -> None:
    number = min(given.number, visit.room.seq)
    insert = insert_into(tx.connection, marks).values(person=visit.known.id, room=visit.room.id, number=number)
    further = insert.on_conflict_do_update(
        index_elements=[marks.c.person, marks.c.room], set_={"number": number}, where=marks.c.number < number
    )
    await tx.connection.execute(further)


@command(m.SetChat, kinds=CHATTING, allowed=rules.moderates)
async def set_chat(tx: Transaction, visit: Visit, given: m.SetChat) -> None:
    now = m.ChatView(given.open, given.slow_seconds)
    if now == await queries.chat(tx.connection, visit.room.id):
        return
    await tx.connection.execute(
        chats.update().where(chats.c.room == visit.room.id).values(open=now.open, slow_seconds=now.slow_seconds)
    )
    tx.record(m.ChatChanged(now))

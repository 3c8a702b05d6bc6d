"""Reporting people and what they write to the organisers, and blocking people."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.chat.tables import messages
from rooms.conduct.messages import ReportMessage, ReportQuestion
from rooms.conduct.pending import tell_waiting
from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.links import Target
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.store.journal import find_room, rooms
from rooms.core.text import N_, optional_text
from rooms.forum.questions import queries
from rooms.meetings import roster
from rooms.meetings.tables import invited, meetings
from rooms.people import rules
from rooms.people.accounts import person_named
from rooms.people.blocks import BLOCKED
from rooms.people.desk import desks_of_organisers, notify
from rooms.people.messages import REPORT_LENGTH, BlockChanged, BlockPerson, ReportPerson, ReportReason, UnblockPerson
from rooms.people.tables import blocks, reports

MET = {"session", "lobby", "booth", "meeting"}
MOST_BLOCKED = 1000
"""People whom one person has blocked."""
MOST_REPORTS = 20
"""Open reports by one person in a conference."""
LOOKED_AT = 50
"""Concurrent meetings of one person."""


def known(actor: Actor) -> None:
    rules.signed_in(actor)


class Reported(NamedTuple):
    """What is reported: a person, or what they wrote."""

    person: str
    message: str | None = None
    question: str | None = None
    quote: str | None = None


async def with_organisers(
    connection: AsyncConnection, room: str, command: ReportPerson | ReportMessage | ReportQuestion
) -> Iterable[str]:
    here = await find_room(connection, room)
    if here is None or here.conference is None:
        return ()
    return (await desks_of_organisers(connection, here.conference)).values()


@command(ReportPerson, kinds=MET, allowed=rules.takes_part, extra_rooms=with_organisers, rate=Rate(10, 600))
async def report_person(tx: Transaction, actor: Actor, command: ReportPerson) -> None:
    await _check_other(tx, actor, command.person)
    if actor.room.kind == "meeting" and not await _is_invited(tx, actor.room.subject, command.person):
        raise Problem("not_found", N_("This person is not here."), field="person")
    await _report(tx, actor, Reported(command.person), command.reason, command.text)


@command(ReportMessage, kinds=MET, allowed=rules.takes_part, extra_rooms=with_organisers, rate=Rate(10, 600))
async def report_message(tx: Transaction, actor: Actor, command: ReportMessage) -> None:
    m = messages.c
    that = sa.and_(m.room == actor.room.id, m.id == command.message, m.removed_by.is_(None))
    row = (await tx.connection.execute(sa.select(m.author, m.text).where(that))).one_or_none()
    if row is None:
        raise Problem("not_found", N_("This message does not exist."), field="message")
    about = Reported(row.author, message=command.message, quote=row.text)
    await _report(tx, actor, about, command.reason, command.text)


@command(ReportQuestion, kinds={"session"}, allowed=rules.takes_part, extra_rooms=with_organisers, rate=Rate(10, 600))
async def report_question(tx: Transaction, actor: Actor, command: ReportQuestion) -> None:
    question = await queries.question(tx.connection, actor.room.id, command.question)
    if not question.is_public:
        raise Problem("not_found", queries.NO_QUESTION, field="question")
    about = Reported(question.author, question=question.id, quote=question.text)
    await _report(tx, actor, about, command.reason, command.text)


async def _report(tx: Transaction, actor: Actor, about: Reported, reason: ReportReason, text: str) -> None:
    text = optional_text(text, REPORT_LENGTH, "text")
    conference, by, id, r = actor.room.conference, actor.known.id, new_id(), reports.c
    assert conference is not None
    if about.person == by:
        raise Problem("invalid", N_("You wrote this yourself."))
    waiting = (r.conference == conference, r.by == by, r.done_at.is_(None))
    counted = sa.select(sa.func.count()).where(*waiting)
    if (await tx.connection.execute(counted)).scalar_one() >= MOST_REPORTS:
        raise Problem("conflict", N_("The organisers have yet to look at what you reported before."))
    if about.quote is not None:
        same = counted.where(r.message == about.message if about.message else r.question == about.question)
        if (await tx.connection.execute(same)).scalar_one():
            raise Problem("conflict", N_("You have reported this already."))
    columns = {"id": id, "conference": conference, "room": actor.room.id, "person": about.person, "by": by}
    said = {"message": about.message, "question": about.question, "quote": about.quote}
    await tx.connection.execute(reports.insert().values(**columns, **said, reason=reason.value, text=text, at=tx.now))
    act = "chat.report" if about.message else "question.report" if about.question else "person.report"
    # The audit log names no author of a question: it may be anonymous.
    tx.audit(conference, by, act, about.question or about.person, {"reason": reason.value, "report": id})
    desks = await desks_of_organisers(tx.connection, conference)
    await tell_waiting(tx, conference, desks.values())
    for organiser, desk in desks.items():
        if desk in tx.rooms and organiser not in {by, about.person}:
            await notify(tx, organiser, "report", {}, Target("reports", conference))


async def with_meetings(connection: AsyncConnection, room: str, command: BlockPerson | UnblockPerson) -> Iterable[str]:
    """The rooms of the person's current meetings: they may be in a call with the requester in one of them."""
    joined = invited.join(meetings, meetings.c.id == invited.c.meeting).join(rooms, rooms.c.subject == meetings.c.id)
    under_way = sa.and_(invited.c.person == command.person, meetings.c.closed_at.is_(None), rooms.c.kind == "meeting")
    newest = sa.select(rooms.c.id).select_from(joined).where(under_way).order_by(meetings.c.opened_at.desc())
    return list((await connection.execute(newest.limit(LOOKED_AT))).scalars())


@command(BlockPerson, kinds={*MET, "desk"}, allowed=known, extra_rooms=with_meetings)
async def block_person(tx: Transaction, actor: Actor, command: BlockPerson) -> None:
    await _check_other(tx, actor, command.person)
    person, b = actor.known.id, blocks.c
    if (await tx.connection.execute(sa.select(sa.func.count()).where(b.person == person))).scalar_one() >= MOST_BLOCKED:
        raise Problem("conflict", N_("You have reached the limit of blocked people. Unblock some of them first."))
    insert = insert_into(tx.connection, blocks).values(person=person, blocked=command.person, at=tx.now)
    if (await tx.connection.execute(insert.on_conflict_do_nothing())).rowcount:
        for room, meeting in await _shared(tx, person, command.person):
            tx.record(BlockChanged(command.person, True), room=room, person=person)
            await roster.separate(tx, room, meeting, person, command.person)
        for run in BLOCKED:
            await run(tx, person, command.person)


@command(UnblockPerson, kinds={*MET, "desk"}, allowed=known, extra_rooms=with_meetings)
async def unblock_person(tx: Transaction, actor: Actor, command: UnblockPerson) -> None:
    person, b = actor.known.id, blocks.c
    gone = blocks.delete().where(b.person == person, b.blocked == command.person)
    if (await tx.connection.execute(gone)).rowcount:
        for room, meeting in await _shared(tx, person, command.person):
            tx.record(BlockChanged(command.person, False), room=room, person=person)
            await roster.tell(tx, room, meeting)


async def _shared(tx: Transaction, person: str, other: str) -> list[tuple[str, str]]:
    """Those of the locked rooms and meetings to which both are invited."""
    at = {row.subject: row.id for row in tx.rooms.values() if row.kind == "meeting"}
    i = invited.c
    both = sa.select(i.meeting).where(i.meeting.in_(at), i.person.in_([person, other])).group_by(i.meeting)
    found = (await tx.connection.execute(both.having(sa.func.count() == 2))).scalars()
    return [(at[meeting], meeting) for meeting in found]


async def _is_invited(tx: Transaction, meeting: str, person: str) -> bool:
    i = invited.c
    select = sa.select(sa.func.count()).where(i.meeting == meeting, i.person == person)
    return (await tx.connection.execute(select)).scalar_one() > 0


async def _check_other(tx: Transaction, actor: Actor, person: str) -> None:
    if person == actor.known.id:
        raise Problem("invalid", N_("That is you."), field="person")
    await person_named(tx.connection, person)

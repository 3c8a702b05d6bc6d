"""The steps that acts on questions share: see that it is current, change it, and tell each audience its part."""

from typing import Any

import msgspec

from rooms.errors import Problem
from rooms.forum import messages as m
from rooms.forum import queries
from rooms.forum.queries import Question
from rooms.forum.tables import forums, questions
from rooms.people.messages import PersonView
from rooms.text import N_
from rooms.transaction import Transaction
from rooms.visit import Visit

State = m.QuestionState


async def current(
    tx: Transaction, visit: Visit, given: m.Moderate | m.Present, states: set[m.QuestionState] | None = None
) -> Question:
    """The question, if it still is as the moderator saw it. Raises Problem "stale" or "conflict", each with the present state."""
    question = await queries.question(tx.connection, visit.room.id, given.question)
    if given.version is not None and question.version != given.version:
        if question.decided_name is None:
            raise Problem(
                "stale",
                N_("This question has changed meanwhile. Here is how it stands now."),
                present=question.moderated(),
            )
        message = N_("%(name)s has changed this question meanwhile. Here is how it stands now.")
        raise Problem("stale", message, present=question.moderated(), values={"name": question.decided_name})
    if states is not None and question.state not in states:
        message = N_("This cannot be done with a question in this state (%(state)s).")
        raise Problem("conflict", message, present=question.moderated(), values={"state": question.state.value})
    return question


async def moderate(
    tx: Transaction, visit: Visit, event: type[m.QuestionModerated], before: Question, **changes: Any
) -> Question:
    after = await update(tx, before, decided_by=visit.known.id, **changes)
    await clear_places(tx, visit, after)
    announce(tx, event, before, after, visit.known.view)
    return after


async def update(tx: Transaction, before: Question, **changes: Any) -> Question:
    await tx.connection.execute(
        questions.update().where(questions.c.id == before.id).values(version=before.version + 1, **changes)
    )
    return await queries.question(tx.connection, before.room, before.id)


def announce(
    tx: Transaction, event: type[m.QuestionModerated], before: Question | None, after: Question, by: PersonView | None
) -> None:
    """Tells the moderators what was done, everyone what he may see of it, and the asker how his question stands."""
    tx.record(event(question=after.moderated(), by=by), person=after.author)
    tell_public(tx, before, after)
    if before is None or msgspec.json.encode(before.own()) != msgspec.json.encode(after.own()):
        tx.record(m.OwnQuestionChanged(after.own()), person=after.author)


def tell_public(tx: Transaction, before: Question | None, after: Question) -> None:
    was_public = before is not None and before.is_public
    if after.is_public:
        if before is None or not was_public or before.public() != after.public():
            tx.record(m.QuestionShown(after.public()))
        if not was_public:
            tx.latest(m.Votes(after.id, after.votes))
    elif was_public:
        tx.record(m.QuestionHidden(after.id))


async def place(tx: Transaction, visit: Visit, **places: str | None) -> None:
    await tx.connection.execute(forums.update().where(forums.c.session == visit.room.subject).values(**places))


async def clear_places(tx: Transaction, visit: Visit, question: Question) -> None:
    """What is no longer public is neither on the screen nor being answered."""
    if question.is_public:
        return
    forum = await queries.forum(tx.connection, visit.room.subject)
    if forum.screen == question.id:
        await place(tx, visit, screen=None)
        tx.record(m.ScreenChanged(None))
    if forum.answering == question.id:
        await place(tx, visit, answering=None)
        tx.record(m.AnsweringChanged(None))


async def count(tx: Transaction, visit: Visit, id: str) -> None:
    """Counts the voters of a question anew, and of the one that it was merged into."""
    at: str | None = id
    while at is not None:
        count, merged = await queries.tally(tx.connection, at)
        await tx.connection.execute(questions.update().where(questions.c.id == at).values(votes=count, merged=merged))
        question = await queries.question(tx.connection, visit.room.id, at)
        if question.is_public:
            tx.latest(m.Votes(at, count))
        at = question.into if question.state is State.MERGED else None

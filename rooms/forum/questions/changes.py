"""Shared steps of commands on questions: check the version, change the question, and record an event for each audience."""

from typing import Any

from rooms.core.commands.access import Actor
from rooms.core.commands.people import PersonView
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.text import N_
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.messages import (
    OwnQuestionChanged,
    OwnVotes,
    QuestionHidden,
    QuestionShown,
    QueueVotes,
    Votes,
)
from rooms.forum.questions.messages import QuestionState as State
from rooms.forum.questions.moderation_messages import (
    AnsweringChanged,
    Moderate,
    PresenterCommand,
    QuestionModerated,
    QuestionUnmerged,
    ScreenChanged,
)
from rooms.forum.questions.queries import Question
from rooms.forum.tables import questions
from rooms.programme.tables import forums


async def current(
    tx: Transaction, actor: Actor, command: Moderate | PresenterCommand, states: set[State] | None = None
) -> Question:
    """The question, if it is unchanged since the moderator saw it. Raises Problem "stale" or "conflict", each with the current state."""
    question = await queries.question(tx.connection, actor.room.id, command.question)
    if not actor.moderates:
        _check_presented(question, command.version)
    if command.version is not None and question.version != command.version:
        if question.decided_name is None:
            raise Problem(
                "stale",
                N_("This question has changed. Here is its current state."),
                present=question.moderated(),
            )
        message = N_("%(name)s has changed this question. Here is its current state.")
        raise Problem("stale", message, present=question.moderated(), values={"name": question.decided_name})
    if states is not None and question.state not in states:
        message = N_("This cannot be done with a question in this state (%(state)s).")
        raise Problem("conflict", message, present=question.moderated(), values={"state": question.state.value})
    return question


def _check_presented(question: Question, version: int | None) -> None:
    """Speakers only see public questions, so a Problem for them must not include the state of others."""
    if not question.is_public:
        raise Problem("not_found", queries.NO_QUESTION, field="question")
    if version not in {None, question.version}:
        raise Problem("stale", N_("This question has changed. Here is its current state."))


async def moderate(
    tx: Transaction, actor: Actor, event: type[QuestionModerated], before: Question, **changes: Any
) -> Question:
    after = await update(tx, before, decided_by=actor.known.id, **changes)
    await clear_places(tx, actor, after)
    await announce(tx, event, before, after, actor.known.view)
    return after


async def update(tx: Transaction, before: Question, **changes: Any) -> Question:
    return await queries.change(tx.connection, before, {"version": before.version + 1, **changes})


async def announce(
    tx: Transaction, event: type[QuestionModerated], before: Question | None, after: Question, by: PersonView | None
) -> None:
    """Records three kinds of events: the action for moderators, the public change for everyone, and the new state for the asker and those of duplicates."""
    if before is not None and before.is_public and not after.is_public:
        tx.hide(QuestionShown, after.id)
    tx.record(event(question=after.moderated(), by=by), person=after.author)
    _tell_public(tx, before, after)
    if before is None or before.own() != after.own():
        tx.record(OwnQuestionChanged(after.own()), person=after.author)
    if before is not None and before.public_text != after.public_text:
        for duplicate in await queries.questions_of(tx.connection, after.room, questions.c.into == after.id):
            tx.record(OwnQuestionChanged(duplicate.own()), person=duplicate.author)


def _tell_public(tx: Transaction, before: Question | None, after: Question) -> None:
    was_public = before is not None and before.is_public
    if after.is_public:
        if before is None or not was_public or before.public() != after.public():
            tx.record(QuestionShown(after.public()))
    elif was_public:
        tx.record(QuestionHidden(after.id))
    if before is None or before.votes != after.votes or (after.is_public and not was_public):
        tx.latest(Votes(after.id, after.votes) if after.is_public else QueueVotes(after.id, after.votes))


async def place(tx: Transaction, actor: Actor, **places: str | None) -> None:
    await tx.connection.execute(forums.update().where(forums.c.session == actor.room.subject).values(**places))


async def clear_places(tx: Transaction, actor: Actor, question: Question) -> None:
    """Removes a question that is no longer public from the screen and from the answering state."""
    if question.is_public:
        return
    forum = await queries.forum(tx.connection, actor.room.subject)
    if forum.screen == question.id:
        await place(tx, actor, screen=None)
        tx.record(ScreenChanged(None))
    if forum.answering == question.id:
        await place(tx, actor, answering=None)
        tx.record(AnsweringChanged(None))


async def recount(tx: Transaction, room: str, id: str) -> None:
    """Recounts the voters and duplicates of a question and of those it was merged into, and publishes the counts."""
    at: str | None = id
    while at is not None:
        before = await queries.question(tx.connection, room, at)
        votes, merged = await vote_queries.tally(tx.connection, at)
        await tx.connection.execute(questions.update().where(questions.c.id == at).values(votes=votes, merged=merged))
        _tell_public(tx, before, before._replace(votes=votes, merged=merged))
        at = before.into


async def release_duplicate(tx: Transaction, duplicate: Question, by: PersonView | None, **changes: Any) -> None:
    """Separates a merged question again, in its state before the merge, with the votes that were cast for it."""
    assert duplicate.into is not None
    root = await queries.root(tx.connection, duplicate.room, duplicate.into)
    state = State.PENDING if duplicate.approved_at is None else State.APPROVED
    freed = await update(tx, duplicate, state=state.value, into=None, **changes)
    await announce(tx, QuestionUnmerged, duplicate, freed, by)
    await recount(tx, freed.room, freed.id)
    await recount(tx, freed.room, duplicate.into)
    remaining = set(await vote_queries.voters(tx.connection, root.id))
    for person in await vote_queries.voters(tx.connection, freed.id):
        tx.latest(OwnVotes(freed.id, True), person=person)
        tx.latest(OwnVotes(root.id, person in remaining), person=person)

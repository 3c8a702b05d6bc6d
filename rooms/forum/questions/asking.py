"""Commands of attendees: asking questions and voting for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import Replied, batch_command, command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.rate_limits import Rate
from rooms.core.store.database import insert_into
from rooms.core.text import N_, clean_text
from rooms.forum.hosting_messages import Asking
from rooms.forum.questions import messages as m
from rooms.forum.questions import queries
from rooms.forum.questions import votes as vote_queries
from rooms.forum.questions.changes import announce, clear_places, recount, release_duplicate, update
from rooms.forum.questions.moderation_messages import QuestionAsked, QuestionRevised, QuestionWithdrawn
from rooms.forum.questions.queries import Question
from rooms.forum.tables import questions, votes
from rooms.people import rules

SESSION = {"session"}
MOST_OF_PERSON = 50
"""Questions of one person in a session, in any state."""
MOST_OPEN = 1000
MOST_OPEN_OF_GUESTS = 500
"""Pending and public questions of a session: every moderator's page loads them all. Guests, whom a script can create in masses, have a lower limit."""
State = m.QuestionState
AskedOr = tuple[m.Asked, int | None] | Problem


@batch_command(m.AskQuestion, kinds=SESSION, allowed=rules.speaks_up, rate=Rate(6, 60))
async def ask_questions(tx: Transaction, commands: Sequence[tuple[Actor, m.AskQuestion]]) -> list[AskedOr]:
    room = commands[0][0].room
    forum = await queries.forum(tx.connection, room.subject)
    asked_before = await queries.count_by_author(tx.connection, room.id, {actor.known.id for actor, _ in commands})
    still_open = await queries.count_open(tx.connection, room.id)
    rows: list[dict[str, Any]] = []
    replies: list[AskedOr] = []
    for actor, asked in commands:
        try:
            _check_number(actor, asked_before.get(actor.known.id, 0), still_open + len(rows))
            row = _new_question(actor, asked, forum, tx.now)
        except Problem as problem:
            replies.append(problem)
        else:
            rows.append(row)
            asked_before[actor.known.id] = asked_before.get(actor.known.id, 0) + 1
            replies.append((m.Asked(row["id"], State(row["state"])), None))
    if not rows:
        return replies
    await tx.connection.execute(questions.insert(), rows)
    # The asker's own vote is the first. It counts when duplicates are merged.
    ballots = [{"question": row["id"], "person": row["author"], "at": tx.now} for row in rows]
    await tx.connection.execute(votes.insert(), ballots)
    added = {row["id"]: queries.as_asked(row) for row in rows}
    for place, reply in enumerate(replies):
        if not isinstance(reply, Problem):
            asked = added[reply[0].question]
            await announce(tx, QuestionAsked, None, asked, None)
            tx.latest(m.OwnVotes(asked.id, True), person=asked.author)
            replies[place] = (reply[0], tx.next_seq() - 1)
    return replies


def _check_number(actor: Actor, of_person: int, still_open: int) -> None:
    """Raises Problem "conflict"."""
    if of_person >= MOST_OF_PERSON:
        message = N_("You have asked %(most)s questions in this session, and that is the most.")
        raise Problem("conflict", message, values={"most": MOST_OF_PERSON})
    if still_open >= (MOST_OPEN_OF_GUESTS if actor.known.kind == "guest" else MOST_OPEN):
        raise Problem("conflict", N_("Very many questions are waiting here. Vote for one of them, or try again later."))


def _new_question(actor: Actor, asked: m.AskQuestion, forum: queries.Forum, now: datetime) -> dict[str, Any]:
    """Its row. Raises Problem "closed", "conflict" or "invalid"."""
    if forum.asking is Asking.LOCKED:
        raise Problem("closed", N_("Questions are currently closed. Your text is kept here."))
    if asked.anonymous and not forum.anonymous:
        raise Problem("conflict", N_("Questions in this session are asked by name."), field="anonymous")
    paused = forum.asking is Asking.PAUSED
    waits = forum.review or paused
    return {
        "id": new_id(),
        "room": actor.room.id,
        "author": actor.known.id,
        "author_name": actor.known.name,
        "anonymous": asked.anonymous,
        "text": clean_text(asked.text, m.QUESTION_LENGTH, "text"),
        "state": (State.PENDING if waits else State.APPROVED).value,
        "held": paused and not forum.review,
        "labels": [],
        "approved_at": None if waits else now,
        "votes": 1,
        "asked_at": now,
    }


@command(m.ReviseQuestion, kinds=SESSION, allowed=rules.speaks_up, rate=Rate(10, 60))
async def revise_question(tx: Transaction, actor: Actor, command: m.ReviseQuestion) -> None:
    before = await _own(tx, actor, command.question)
    if before.answered_at is not None or before.state not in {State.PENDING, State.APPROVED}:
        raise Problem("conflict", N_("This question has been handled and can no longer be changed. Ask a new one."))
    forum = await queries.forum(tx.connection, actor.room.subject)
    waits = before.state is State.PENDING or forum.review
    text = clean_text(command.text, m.QUESTION_LENGTH, "text")
    changes = {"state": State.PENDING.value, "pinned": False, "approved_at": None} if waits else {}
    after = await update(tx, before, text=text, original=None, **changes)
    await clear_places(tx, actor, after)
    await announce(tx, QuestionRevised, before, after, None)


@command(m.WithdrawQuestion, kinds=SESSION, allowed=rules.takes_part)
async def withdraw_question(tx: Transaction, actor: Actor, command: m.WithdrawQuestion) -> None:
    before = await _own(tx, actor, command.question)
    if before.state is State.WITHDRAWN:
        return
    if before.state is State.MERGED:
        raise Problem("conflict", N_("This question was merged into another one. Withdraw your vote there instead."))
    after = await update(tx, before, state=State.WITHDRAWN.value, pinned=False, claimed_by=None, claimed_at=None)
    await clear_places(tx, actor, after)
    await announce(tx, QuestionWithdrawn, before, after, None)
    # Duplicates asked by others must not disappear with it.
    for duplicate in await queries.questions_of(tx.connection, actor.room.id, questions.c.into == before.id):
        await release_duplicate(tx, duplicate, None)


# Voting: large audiences vote at the same time, so votes are processed in batches


@batch_command(m.VoteQuestion, kinds=SESSION, allowed=rules.takes_part)
async def vote_questions(tx: Transaction, commands: Sequence[tuple[Actor, m.VoteQuestion]]) -> list[Replied]:
    targets = await _targets(tx, [ballot.question for _, ballot in commands])
    ballots = [
        {"question": target.id, "person": actor.known.id, "at": tx.now}
        for actor, ballot in commands
        if isinstance(target := targets[ballot.question], Question)
    ]
    if ballots:
        await tx.connection.execute(insert_into(tx.connection, votes).on_conflict_do_nothing(), ballots)
    return await _tell_votes(tx, commands, targets, voted=True)


@batch_command(m.UnvoteQuestion, kinds=SESSION, allowed=rules.takes_part)
async def unvote_questions(tx: Transaction, commands: Sequence[tuple[Actor, m.UnvoteQuestion]]) -> list[Replied]:
    targets = await _targets(tx, [ballot.question for _, ballot in commands])
    for actor, ballot in commands:
        if isinstance(target := targets[ballot.question], Question):
            everywhere = votes.c.question.in_(vote_queries.family(target.id))
            await tx.connection.execute(votes.delete().where(everywhere, votes.c.person == actor.known.id))
    return await _tell_votes(tx, commands, targets, voted=False)


async def _targets(tx: Transaction, ids: Sequence[str]) -> dict[str, Question | Problem]:
    """For each id the question that a vote counts for (for a merged one, the question it ended up in), or the Problem."""
    assert tx.room is not None
    found: dict[str, Question | Problem] = {}
    for id in dict.fromkeys(ids):
        try:
            question = await queries.question(tx.connection, tx.room, id)
            while question.state is State.MERGED and question.into is not None:
                question = await queries.question(tx.connection, tx.room, question.into)
            if not question.is_public:
                raise Problem("not_found", N_("This question is not open for votes."), field="question")
            found[id] = question
        except Problem as problem:
            found[id] = problem
    return found


async def _tell_votes(
    tx: Transaction,
    commands: Sequence[tuple[Actor, m.VoteQuestion | m.UnvoteQuestion]],
    targets: dict[str, Question | Problem],
    *,
    voted: bool,
) -> list[Replied]:
    for id in {target.id for target in targets.values() if isinstance(target, Question)}:
        await recount(tx, commands[0][0].room.id, id)
    replies: list[Replied] = []
    for actor, ballot in commands:
        target = targets[ballot.question]
        if isinstance(target, Question):
            tx.latest(m.OwnVotes(target.id, voted), person=actor.known.id)
            replies.append((None, None))
        else:
            replies.append(target)
    return replies


async def _own(tx: Transaction, actor: Actor, id: str) -> Question:
    question = await queries.question(tx.connection, actor.room.id, id)
    if question.author != actor.known.id:
        raise Problem("not_found", queries.NO_QUESTION, field="question")
    return question

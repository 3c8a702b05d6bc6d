"""Answering polls: one answer per person, which they may change until the poll closes.

Commands run one after another under the room's lock, so an answer counts exactly if it commits before the close. Large audiences answer at the
same time, so answers are processed in batches.
"""

import re
from collections.abc import Iterable, Sequence

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import Replied, batch_command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.rate_limits import Rate
from rooms.core.store.database import in_padded, insert_into
from rooms.core.text import N_, clean_line
from rooms.forum.polls import messages as m
from rooms.forum.polls.actions import check_version, queries, recount
from rooms.forum.polls.queries import Poll, folded
from rooms.forum.polls.tables import poll_answers, poll_texts, polls
from rooms.people import rules

SESSION = {"session"}
Kind, State = m.PollKind, m.PollState

MOST_WORDS, WORD_LENGTH = 3, 40

_BETWEEN_WORDS = re.compile(r"[,;\n，；、]")


@batch_command(m.AnswerPoll, kinds=SESSION, allowed=rules.takes_part, rate=Rate(20, 60))
async def answer_polls(tx: Transaction, commands: Sequence[tuple[Actor, m.AnswerPoll]]) -> list[Replied]:
    targets = await _targets(tx, [answer for _, answer in commands])
    replies: list[Replied] = []
    answers: dict[tuple[str, str], m.PollAnswer] = {}  # the last answer of each person in this batch
    words: dict[tuple[str, str], dict[str, str]] = {}
    for actor, answer in commands:
        try:
            poll = _answerable(targets[answer.poll])
            check_version(poll, answer.version)
            key = poll.id, actor.known.id
            answers[key], words[key] = _read_answer(poll, actor, answer)
        except Problem as problem:
            replies.append(problem)
        else:
            replies.append((None, None))
    if answers:
        await _forget_texts(tx, targets, answers)
        insert = insert_into(tx.connection, poll_answers)
        new = {name: insert.excluded[name] for name in ("choices", "text", "at")}
        rows = [
            {"poll": poll, "person": person, "choices": answer.choices, "text": answer.text, "at": tx.now}
            for (poll, person), answer in answers.items()
        ]
        await tx.connection.execute(insert.on_conflict_do_update(index_elements=["poll", "person"], set_=new), rows)
        texts = [
            {"poll": poll, "person": person, "folded": fold, "text": text}
            for (poll, person), said in words.items()
            for fold, text in said.items()
        ]
        if texts:
            await tx.connection.execute(poll_texts.insert(), texts)
    await _tell_answers(tx, targets, dict(answers))
    return replies


@batch_command(m.RetractAnswer, kinds=SESSION, allowed=rules.takes_part)
async def retract_answers(tx: Transaction, commands: Sequence[tuple[Actor, m.RetractAnswer]]) -> list[Replied]:
    targets = await _targets(tx, [answer for _, answer in commands])
    replies: list[Replied] = []
    gone: dict[tuple[str, str], None] = {}
    for actor, answer in commands:
        try:
            gone[_answerable(targets[answer.poll]).id, actor.known.id] = None
        except Problem as problem:
            replies.append(problem)
        else:
            replies.append((None, None))
    await _forget_texts(tx, targets, gone)
    a = poll_answers.c
    for id, people in _by_poll(gone).items():
        await tx.connection.execute(poll_answers.delete().where(a.poll == id, in_padded(a.person, people)))
    await _tell_answers(tx, targets, dict(gone))
    return replies


async def _targets(tx: Transaction, commands: Sequence[m.PollCommand]) -> dict[str, Poll | None]:
    assert tx.room is not None
    ids = {each.poll for each in commands}
    found = {poll.id: poll for poll in await queries.polls_of(tx.connection, tx.room, in_padded(polls.c.id, ids))}
    return {id: found.get(id) for id in ids}


def _answerable(poll: Poll | None) -> Poll:
    """Raises Problem "not_found" for a poll that the audience has never seen, "closed" for a closed one."""
    if poll is None or not poll.is_public:
        raise Problem("not_found", queries.NO_POLL, field="poll")
    if poll.state is not State.OPEN:
        raise Problem("closed", N_("This poll is closed. Answers are no longer counted."), present=poll.view())
    return poll


def _read_answer(poll: Poll, actor: Actor, command: m.AnswerPoll) -> tuple[m.PollAnswer, dict[str, str]]:
    """The answer, and its texts as written, keyed by their folded form. Raises Problem "invalid" or "silenced"."""
    if not poll.takes_text:
        choices = sorted(set(command.choices))
        fits = len(choices) == 1 or (poll.kind is Kind.MULTIPLE and choices)
        if not fits or choices[-1] > poll.size:
            raise Problem("invalid", N_("Choose one of the options."), field="choices")
        return m.PollAnswer(choices, ""), {}
    rules.speaks_up(actor)
    text = clean_line(command.text, m.POLL_TEXT_LENGTH, "text")
    if poll.kind is Kind.TEXT:
        return m.PollAnswer([], text), {folded(text): text}
    parts = [part for part in _BETWEEN_WORDS.split(command.text) if part.strip()]
    words = [clean_line(part, WORD_LENGTH, "text") for part in parts or [""]]
    if len(words) > MOST_WORDS:
        message = N_("Enter at most %(count)s words or short phrases, separated by commas.")
        raise Problem("invalid", message, field="text", values={"count": MOST_WORDS})
    return m.PollAnswer([], text), {folded(word): word for word in words}


def _by_poll(answers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The people who have answered each poll."""
    found: dict[str, list[str]] = {}
    for poll, person in answers:
        found.setdefault(poll, []).append(person)
    return found


async def _forget_texts(tx: Transaction, targets: dict[str, Poll | None], answers: Iterable[tuple[str, str]]) -> None:
    t = poll_texts.c
    for id, people in _by_poll(answers).items():
        poll = targets[id]
        if poll is not None and poll.takes_text:
            await tx.connection.execute(poll_texts.delete().where(t.poll == id, in_padded(t.person, people)))


async def _tell_answers(
    tx: Transaction, targets: dict[str, Poll | None], answers: dict[tuple[str, str], m.PollAnswer | None]
) -> None:
    for id in _by_poll(answers):
        poll = targets[id]
        assert poll is not None
        await recount(tx, poll)
    for (id, person), answer in answers.items():
        tx.latest(m.OwnAnswers(id, answer), person=person)

"""Polls: moderators make, open and close them; everybody answers once, and may think again until the close.

A room's commands follow one another, each under the room's lock; so what commits before the close counts, and nothing that comes after it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from rooms.commands import Replied, command, commands_together
from rooms.database import among, insert_into
from rooms.errors import Problem
from rooms.forum import poll_queries as queries
from rooms.forum import queries as forum_queries
from rooms.forum.messages import polls as m
from rooms.forum.messages.moderating import ScreenChanged
from rooms.forum.poll_queries import Poll, folded
from rooms.forum.poll_tables import hidden_texts, poll_answers, poll_texts, polls
from rooms.forum.steps import place
from rooms.ids import new_id
from rooms.limits import Rate
from rooms.people import rules
from rooms.text import N_, clean_line
from rooms.transaction import Transaction
from rooms.visit import Visit

SESSION = {"session"}
Kind, State = m.PollKind, m.PollState

MOST_POLLS = 50
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12
MOST_WORDS, WORD_LENGTH = 3, 40

_BETWEEN_WORDS = re.compile(r"[,;\n，；、]")


# Moderators


@command(m.DraftPoll, kinds=SESSION, allowed=rules.moderates)
async def draft_poll(tx: Transaction, visit: Visit, given: m.DraftPoll) -> m.Drafted:
    kept = sa.select(sa.func.count()).where(polls.c.room == visit.room.id, polls.c.state != State.ARCHIVED.value)
    if (await tx.connection.execute(kept)).scalar_one() >= MOST_POLLS:
        raise Problem(
            "conflict",
            N_("A session holds at most %(count)s polls. Archive one that is over."),
            values={"count": MOST_POLLS},
        )
    id = new_id()
    row: dict[str, Any] = {
        "id": id,
        "room": visit.room.id,
        "state": State.DRAFT.value,
        "reveal": given.reveal.value,
        "version": 1,
        "made_at": tx.now,
        **_wording(given),
    }
    await tx.connection.execute(polls.insert().values(row))
    tx.record(m.PollDrafted((await queries.poll(tx.connection, visit.room.id, id)).view()))
    return m.Drafted(id)


def _wording(given: m.PollWording) -> dict[str, Any]:
    """Raises Problem "invalid"."""
    options: list[str] = []
    if given.kind in {Kind.SINGLE, Kind.MULTIPLE}:
        options = [clean_line(each, m.POLL_OPTION_LENGTH, "options") for each in given.options if each.strip()]
        if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
            message = N_("Give %(fewest)s to %(most)s options, each on a line of its own.")
            values = {"fewest": FEWEST_OPTIONS, "most": MOST_OPTIONS}
            raise Problem("invalid", message, field="options", values=values)
        if len({folded(each) for each in options}) < len(options):
            raise Problem("invalid", N_("Two options are the same."), field="options")
    ratings = queries.RATINGS if given.kind is Kind.RATING else 0
    return {
        "kind": given.kind.value,
        "title": clean_line(given.title, m.POLL_TITLE_LENGTH, "title"),
        "options": options,
        "tally": {"voters": 0, "counts": [0] * (len(options) or ratings), "texts": [], "hidden": []},
    }


@command(m.EditPoll, kinds=SESSION, allowed=rules.moderates)
async def edit_poll(tx: Transaction, visit: Visit, given: m.EditPoll) -> None:
    before = await queries.poll(tx.connection, visit.room.id, given.poll)
    _check_version(before, given.version)
    _check_state(before, State.DRAFT, State.OPEN)
    if await queries.is_answered(tx.connection, before.id):
        message = N_(
            "Somebody has answered this poll already, so its wording can no longer be changed. Make a new one."
        )
        raise Problem("conflict", message, present=before.view())
    after = await _change(tx, before, version=before.version + 1, **_wording(given))
    tx.record(m.PollDrafted(after.view()) if after.state is State.DRAFT else m.PollChanged(after.view()))
    if after.is_public:
        _tell_results(tx, before, after)


@command(m.OpenPoll, kinds=SESSION, allowed=rules.moderates)
async def open_poll(tx: Transaction, visit: Visit, given: m.OpenPoll) -> None:
    before = await queries.poll(tx.connection, visit.room.id, given.poll)
    if before.state is State.OPEN:
        return
    _check_state(before, State.DRAFT)
    after = await _change(tx, before, state=State.OPEN.value, opened_at=tx.now)
    tx.record(m.PollOpened(after.view()))
    _tell_results(tx, before, after)


@command(m.ClosePoll, kinds=SESSION, allowed=rules.moderates)
async def close_poll(tx: Transaction, visit: Visit, given: m.ClosePoll) -> None:
    before = await queries.poll(tx.connection, visit.room.id, given.poll)
    if before.state is State.CLOSED:
        return
    _check_state(before, State.OPEN)
    after = await _change(tx, before, state=State.CLOSED.value, closed_at=tx.now)
    tx.record(m.PollClosed(after.view()))
    _tell_results(tx, before, after)


@command(m.ArchivePoll, kinds=SESSION, allowed=rules.moderates)
async def archive_poll(tx: Transaction, visit: Visit, given: m.ArchivePoll) -> None:
    before = await queries.poll(tx.connection, visit.room.id, given.poll)
    if before.state is State.ARCHIVED:
        return
    _check_state(before, State.DRAFT, State.CLOSED)
    after = await _change(tx, before, state=State.ARCHIVED.value)
    if before.is_public:
        tx.record(m.PollHidden(before.id))
        _tell_results(tx, before, after)
    tx.record(m.PollArchived(after.view()))
    if (await forum_queries.forum(tx.connection, visit.room.subject)).screen_poll == before.id:
        await place(tx, visit, screen_poll=None)
        tx.record(ScreenChanged(None))


@command(m.RevealPoll, kinds=SESSION, allowed=rules.moderates)
async def reveal_poll(tx: Transaction, visit: Visit, given: m.RevealPoll) -> None:
    before = await queries.poll(tx.connection, visit.room.id, given.poll)
    if before.reveal is given.reveal:
        return
    after = await _change(tx, before, reveal=given.reveal.value)
    if after.is_public:
        tx.record(m.PollChanged(after.view()))
        _tell_results(tx, before, after)
    else:
        tx.record((m.PollDrafted if after.state is State.DRAFT else m.PollArchived)(after.view()))


@command(m.HideText, kinds=SESSION, allowed=rules.moderates)
async def hide_text(tx: Transaction, visit: Visit, given: m.HideText) -> None:
    poll = await queries.poll(tx.connection, visit.room.id, given.poll)
    row = {"poll": poll.id, "folded": folded(clean_line(given.text, m.POLL_TEXT_LENGTH, "text"))}
    if given.hidden:
        await tx.connection.execute(insert_into(tx.connection, hidden_texts).on_conflict_do_nothing(), [row])
    else:
        h = hidden_texts.c
        await tx.connection.execute(hidden_texts.delete().where(h.poll == row["poll"], h.folded == row["folded"]))
    await _recount(tx, poll)


@command(m.ShowPollOnScreen, kinds=SESSION, allowed=rules.moderates)
async def show_poll_on_screen(tx: Transaction, visit: Visit, given: m.ShowPollOnScreen) -> None:
    poll = await queries.poll(tx.connection, visit.room.id, given.poll)
    if not poll.is_public:
        raise Problem("conflict", N_("Open the poll first; only then can it be put on the big screen."), field="poll")
    await place(tx, visit, screen=None, screen_poll=poll.id)
    tx.record(ScreenChanged(None, poll.id))


def _check_version(poll: Poll, version: int) -> None:
    if poll.version != version:
        message = N_("This poll has changed meanwhile. Here is how it stands now.")
        raise Problem("stale", message, present=poll.view())


def _check_state(poll: Poll, *states: m.PollState) -> None:
    if poll.state not in states:
        message = N_("This cannot be done with a poll in this state (%(state)s).")
        raise Problem("conflict", message, present=poll.view(), values={"state": poll.state.value})


async def _change(tx: Transaction, before: Poll, **changes: Any) -> Poll:
    await tx.connection.execute(polls.update().where(polls.c.id == before.id).values(changes))
    return await queries.poll(tx.connection, before.room, before.id)


def _tell_results(tx: Transaction, before: Poll, after: Poll) -> None:
    tx.latest(m.PollTallies(after.id, after.moderated_tally))
    if after.is_revealed:
        tx.latest(m.PollResults(after.id, after.results))
    elif before.is_revealed:
        # Said once, and not with each answer: that somebody answers would tell a little of the count.
        tx.latest(m.PollResults(after.id, None))


async def _recount(tx: Transaction, before: Poll) -> None:
    tally = await queries.tally(tx.connection, before)
    await tx.connection.execute(polls.update().where(polls.c.id == before.id).values(tally=tally))
    _tell_results(tx, before, before._replace(tally=tally))


# Everybody: the commands of crowds, so they are done for many at once


@commands_together(m.AnswerPoll, kinds=SESSION, allowed=rules.takes_part, rate=Rate(20, 60))
async def answer_polls(tx: Transaction, given: Sequence[tuple[Visit, m.AnswerPoll]]) -> list[Replied]:
    targets = await _targets(tx, [answer for _, answer in given])
    replies: list[Replied] = []
    answers: dict[tuple[str, str], m.PollAnswer] = {}  # the last one, of who has thought again meanwhile
    words: dict[tuple[str, str], dict[str, str]] = {}
    for visit, answer in given:
        try:
            poll = _answerable(targets[answer.poll])
            _check_version(poll, answer.version)
            key = poll.id, visit.known.id
            answers[key], words[key] = _read_answer(poll, visit, answer)
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


@commands_together(m.RetractAnswer, kinds=SESSION, allowed=rules.takes_part)
async def retract_answers(tx: Transaction, given: Sequence[tuple[Visit, m.RetractAnswer]]) -> list[Replied]:
    targets = await _targets(tx, [answer for _, answer in given])
    replies: list[Replied] = []
    gone: dict[tuple[str, str], None] = {}
    for visit, answer in given:
        try:
            gone[_answerable(targets[answer.poll]).id, visit.known.id] = None
        except Problem as problem:
            replies.append(problem)
        else:
            replies.append((None, None))
    await _forget_texts(tx, targets, gone)
    a = poll_answers.c
    for id, people in _by_poll(gone).items():
        await tx.connection.execute(poll_answers.delete().where(a.poll == id, among(a.person, people)))
    await _tell_answers(tx, targets, dict(gone))
    return replies


async def _targets(tx: Transaction, given: Sequence[m.PollCommand]) -> dict[str, Poll | None]:
    assert tx.room is not None
    ids = {each.poll for each in given}
    found = {poll.id: poll for poll in await queries.polls_of(tx.connection, tx.room, among(polls.c.id, ids))}
    return {id: found.get(id) for id in ids}


def _answerable(poll: Poll | None) -> Poll:
    """Raises Problem "not_found" for what the audience has never seen, "closed" for what is over."""
    if poll is None or not poll.is_public:
        raise Problem("not_found", queries.NO_POLL, field="poll")
    if poll.state is not State.OPEN:
        raise Problem("closed", N_("This poll is closed; answers count no more."), present=poll.view())
    return poll


def _read_answer(poll: Poll, visit: Visit, given: m.AnswerPoll) -> tuple[m.PollAnswer, dict[str, str]]:
    """The answer, and the texts that it counts for, as they were written, by their folded form. Raises Problem "invalid" or "silenced"."""
    if not poll.takes_text:
        choices = sorted(set(given.choices))
        fits = len(choices) == 1 or (poll.kind is Kind.MULTIPLE and choices)
        if not fits or choices[-1] > poll.size:
            raise Problem("invalid", N_("Choose one of the options."), field="choices")
        return m.PollAnswer(choices, ""), {}
    rules.speaks_up(visit)
    text = clean_line(given.text, m.POLL_TEXT_LENGTH, "text")
    if poll.kind is Kind.TEXT:
        return m.PollAnswer([], text), {folded(text): text}
    parts = [part for part in _BETWEEN_WORDS.split(given.text) if part.strip()]
    words = [clean_line(part, WORD_LENGTH, "text") for part in parts or [""]]
    if len(words) > MOST_WORDS:
        message = N_("Give at most %(count)s words or short phrases, with commas between them.")
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
            await tx.connection.execute(poll_texts.delete().where(t.poll == id, among(t.person, people)))


async def _tell_answers(
    tx: Transaction, targets: dict[str, Poll | None], answers: dict[tuple[str, str], m.PollAnswer | None]
) -> None:
    for id in _by_poll(answers):
        poll = targets[id]
        assert poll is not None
        await _recount(tx, poll)
    for (id, person), answer in answers.items():
        tx.latest(m.OwnAnswers(id, answer), person=person)

"""Poll commands of moderators: create, open, close and show. Answering is in rooms/forum/polls/answering.py."""

from typing import Any

import sqlalchemy as sa

from rooms.core.commands.access import Actor
from rooms.core.commands.registry import command
from rooms.core.commands.transaction import Transaction
from rooms.core.errors import Problem
from rooms.core.ids import new_id
from rooms.core.store.database import insert_into
from rooms.core.text import N_, clean_line
from rooms.forum.polls import messages as m
from rooms.forum.polls import queries
from rooms.forum.polls.queries import Poll, folded
from rooms.forum.polls.tables import hidden_texts, polls
from rooms.forum.questions import queries as forum_queries
from rooms.forum.questions.changes import place
from rooms.forum.questions.moderation_messages import ScreenChanged
from rooms.people import rules

SESSION = {"session"}
Kind, State = m.PollKind, m.PollState

MOST_POLLS = 50
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12


@command(m.DraftPoll, kinds=SESSION, allowed=rules.moderates)
async def draft_poll(tx: Transaction, actor: Actor, command: m.DraftPoll) -> m.Drafted:
    kept = sa.select(sa.func.count()).where(polls.c.room == actor.room.id, polls.c.state != State.ARCHIVED.value)
    if (await tx.connection.execute(kept)).scalar_one() >= MOST_POLLS:
        raise Problem(
            "conflict",
            N_("A session can have %(count)s polls. Archive a finished one first."),
            values={"count": MOST_POLLS},
        )
    id = new_id()
    row: dict[str, Any] = {
        "id": id,
        "room": actor.room.id,
        "state": State.DRAFT.value,
        "reveal": command.reveal.value,
        "version": 1,
        "made_at": tx.now,
        **_wording(command),
    }
    await tx.connection.execute(polls.insert().values(row))
    tx.record(m.PollDrafted((await queries.poll(tx.connection, actor.room.id, id)).view()))
    return m.Drafted(id)


def _wording(command: m.PollWording) -> dict[str, Any]:
    """Raises Problem "invalid"."""
    options: list[str] = []
    if command.kind in {Kind.SINGLE, Kind.MULTIPLE}:
        options = [clean_line(each, m.POLL_OPTION_LENGTH, "options") for each in command.options if each.strip()]
        if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
            message = N_("Enter %(fewest)s to %(most)s options, one per line.")
            values = {"fewest": FEWEST_OPTIONS, "most": MOST_OPTIONS}
            raise Problem("invalid", message, field="options", values=values)
        if len({folded(each) for each in options}) < len(options):
            raise Problem("invalid", N_("Two options are the same."), field="options")
    ratings = queries.RATINGS if command.kind is Kind.RATING else 0
    return {
        "kind": command.kind.value,
        "title": clean_line(command.title, m.POLL_TITLE_LENGTH, "title"),
        "options": options,
        "tally": {"voters": 0, "counts": [0] * (len(options) or ratings), "texts": [], "hidden": []},
    }


@command(m.EditPoll, kinds=SESSION, allowed=rules.moderates)
async def edit_poll(tx: Transaction, actor: Actor, command: m.EditPoll) -> None:
    before = await queries.poll(tx.connection, actor.room.id, command.poll)
    check_version(before, command.version)
    _check_state(before, State.DRAFT, State.OPEN)
    if await queries.is_answered(tx.connection, before.id):
        message = N_(
            "Someone has already answered this poll, so its wording can no longer be changed. Create a new one."
        )
        raise Problem("conflict", message, present=before.view())
    after = await _change(tx, before, version=before.version + 1, **_wording(command))
    tx.record(m.PollDrafted(after.view()) if after.state is State.DRAFT else m.PollChanged(after.view()))
    if after.is_public:
        _tell_results(tx, before, after)


@command(m.OpenPoll, kinds=SESSION, allowed=rules.moderates)
async def open_poll(tx: Transaction, actor: Actor, command: m.OpenPoll) -> None:
    before = await queries.poll(tx.connection, actor.room.id, command.poll)
    if before.state is State.OPEN:
        return
    _check_state(before, State.DRAFT)
    after = await _change(tx, before, state=State.OPEN.value, opened_at=tx.now)
    tx.record(m.PollOpened(after.view()))
    _tell_results(tx, before, after)


@command(m.ClosePoll, kinds=SESSION, allowed=rules.moderates)
async def close_poll(tx: Transaction, actor: Actor, command: m.ClosePoll) -> None:
    before = await queries.poll(tx.connection, actor.room.id, command.poll)
    if before.state is State.CLOSED:
        return
    _check_state(before, State.OPEN)
    await close(tx, before)


async def close(tx: Transaction, before: Poll) -> None:
    """Closes an open poll."""
    after = await _change(tx, before, state=State.CLOSED.value, closed_at=tx.now)
    tx.record(m.PollClosed(after.view()))
    _tell_results(tx, before, after)


@command(m.ArchivePoll, kinds=SESSION, allowed=rules.moderates)
async def archive_poll(tx: Transaction, actor: Actor, command: m.ArchivePoll) -> None:
    before = await queries.poll(tx.connection, actor.room.id, command.poll)
    if before.state is State.ARCHIVED:
        return
    _check_state(before, State.DRAFT, State.CLOSED)
    after = await _change(tx, before, state=State.ARCHIVED.value)
    if before.is_public:
        tx.record(m.PollHidden(before.id))
        _tell_results(tx, before, after)
    tx.record(m.PollArchived(after.view()))
    if (await forum_queries.forum(tx.connection, actor.room.subject)).screen_poll == before.id:
        await place(tx, actor, screen_poll=None)
        tx.record(ScreenChanged(None))


@command(m.RevealPoll, kinds=SESSION, allowed=rules.moderates)
async def reveal_poll(tx: Transaction, actor: Actor, command: m.RevealPoll) -> None:
    before = await queries.poll(tx.connection, actor.room.id, command.poll)
    if before.reveal is command.reveal:
        return
    after = await _change(tx, before, reveal=command.reveal.value)
    if after.is_public:
        tx.record(m.PollChanged(after.view()))
        _tell_results(tx, before, after)
    else:
        tx.record((m.PollDrafted if after.state is State.DRAFT else m.PollArchived)(after.view()))


@command(m.HideText, kinds=SESSION, allowed=rules.moderates)
async def hide_text(tx: Transaction, actor: Actor, command: m.HideText) -> None:
    poll = await queries.poll(tx.connection, actor.room.id, command.poll)
    row = {"poll": poll.id, "folded": folded(clean_line(command.text, m.POLL_TEXT_LENGTH, "text"))}
    if command.hidden:
        await tx.connection.execute(insert_into(tx.connection, hidden_texts).on_conflict_do_nothing(), [row])
    else:
        h = hidden_texts.c
        await tx.connection.execute(hidden_texts.delete().where(h.poll == row["poll"], h.folded == row["folded"]))
    await recount(tx, poll)


@command(m.ShowPollOnScreen, kinds=SESSION, allowed=rules.moderates)
async def show_poll_on_screen(tx: Transaction, actor: Actor, command: m.ShowPollOnScreen) -> None:
    poll = await queries.poll(tx.connection, actor.room.id, command.poll)
    if not poll.is_public:
        raise Problem("conflict", N_("Open the poll first; only then can it be put on the big screen."), field="poll")
    await place(tx, actor, screen=None, screen_poll=poll.id)
    tx.record(ScreenChanged(None, poll.id))


def check_version(poll: Poll, version: int) -> None:
    if poll.version != version:
        message = N_("This poll has changed. Here is its current state.")
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
        # Sent once, not with each answer: an event per answer would reveal the hidden count.
        tx.latest(m.PollResults(after.id, None))


async def recount(tx: Transaction, before: Poll) -> None:
    tally = await queries.tally(tx.connection, before)
    await tx.connection.execute(polls.update().where(polls.c.id == before.id).values(tally=tally))
    _tell_results(tx, before, before._replace(tally=tally))

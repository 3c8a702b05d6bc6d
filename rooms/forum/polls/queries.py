"""Reads polls with their results, and the answers of people."""

import unicodedata
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.audience import Audience
from rooms.core.errors import Problem
from rooms.core.store.database import in_param, pad_to_power_of_two
from rooms.core.text import N_
from rooms.forum.polls import messages as m
from rooms.forum.polls.tables import hidden_texts, poll_answers, poll_texts, polls

RATINGS = 5
TEXTS_SHOWN = 60
NO_POLL = N_("This poll does not exist.")

Kind, State, Reveal = m.PollKind, m.PollState, m.Reveal


class Poll(NamedTuple):
    """A poll's row."""

    id: str
    room: str
    kind: m.PollKind
    title: str
    options: list[str]
    state: m.PollState
    reveal: m.Reveal
    tally: dict[str, Any]
    version: int
    made_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None

    @property
    def is_public(self) -> bool:
        return self.state in {State.OPEN, State.CLOSED}

    @property
    def is_revealed(self) -> bool:
        """Whether everyone may see the results. Everything that publishes results checks this."""
        if self.reveal is Reveal.LIVE:
            return self.is_public
        return self.reveal is Reveal.CLOSED and self.state is State.CLOSED

    @property
    def takes_text(self) -> bool:
        return self.kind in {Kind.TEXT, Kind.CLOUD}

    @property
    def size(self) -> int:
        """The number of choices."""
        return RATINGS if self.kind is Kind.RATING else len(self.options)

    @property
    def results(self) -> m.PollTally:
        return m.PollTally(self.tally["voters"], self.tally["counts"], _counted(self.tally["texts"]))

    @property
    def moderated_tally(self) -> m.ModeratedTally:
        return m.ModeratedTally(self.results, _counted(self.tally["hidden"]))

    def view(self) -> m.PollView:
        return m.PollView(
            id=self.id,
            kind=self.kind,
            title=self.title,
            options=self.options,
            state=self.state,
            reveal=self.reveal,
            version=self.version,
            made_at=self.made_at,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
        )


def _counted(texts: list[list[Any]]) -> list[m.CountedText]:
    return [m.CountedText(text, count) for text, count in texts]


def folded(text: str) -> str:
    """The key under which texts count as equal, regardless of case."""
    return unicodedata.normalize("NFC", text.casefold())


async def polls_of(connection: AsyncConnection, room: str, *conditions: "sa.ColumnElement[bool]") -> list[Poll]:
    """The polls of a room that meet the conditions, oldest first."""
    columns = (polls.c[name] for name in Poll._fields)
    select = sa.select(*columns).where(polls.c.room == room, *conditions).order_by(polls.c.made_at, polls.c.id)
    return [
        Poll(*row)._replace(kind=Kind(row.kind), state=State(row.state), reveal=Reveal(row.reveal))
        for row in await connection.execute(select)
    ]


async def poll(connection: AsyncConnection, room: str, id: str) -> Poll:
    """Raises Problem "not_found", also for a poll of another room."""
    found = await polls_of(connection, room, polls.c.id == id)
    if not found:
        raise Problem("not_found", NO_POLL, field="poll")
    return found[0]


async def polls_seen(connection: AsyncConnection, room: str, audience: Audience) -> list[Poll]:
    """All polls for moderators; open and closed ones for everyone else."""
    public = polls.c.state.in_((State.OPEN.value, State.CLOSED.value))
    return await polls_of(connection, room, *(() if audience is Audience.MODERATORS else (public,)))


async def results_seen(connection: AsyncConnection, room: str, audience: Audience) -> dict[str, dict[str, Any]]:
    """The latest values of polls."""
    found = await polls_seen(connection, room, audience)
    seen: dict[str, dict[str, Any]] = {
        m.PollResults.name: {each.id: each.results for each in found if each.is_revealed}
    }
    if audience is Audience.MODERATORS:
        seen[m.PollTallies.name] = {each.id: each.moderated_tally for each in found if each.opened_at is not None}
    return seen


_ANSWERS = (
    sa.select(poll_answers.c.person, poll_answers.c.poll, poll_answers.c.choices, poll_answers.c.text)
    .select_from(poll_answers.join(polls, polls.c.id == poll_answers.c.poll))
    .where(polls.c.room == sa.bindparam("in_room"), poll_answers.c.person.in_(in_param("people")))
)


async def answers_of(
    connection: AsyncConnection, room: str, people: Collection[str]
) -> dict[str, dict[str, m.PollAnswer]]:
    """By person and poll."""
    found: dict[str, dict[str, m.PollAnswer]] = {}
    for row in await connection.execute(_ANSWERS, {"in_room": room, "people": pad_to_power_of_two(people)}):
        found.setdefault(row.person, {})[row.poll] = m.PollAnswer(row.choices, row.text)
    return found


async def tally(connection: AsyncConnection, poll: Poll) -> dict[str, Any]:
    """{"voters": …, "counts": […], "texts": [[text, count], …], "hidden": …}, counted from the answers."""
    a = poll_answers.c
    alike = sa.select(a.choices, sa.func.count().label("voters")).where(a.poll == poll.id).group_by(a.choices)
    voters, counts = 0, Counter[int]()
    for row in await connection.execute(alike):
        voters += row.voters
        counts.update(dict.fromkeys(row.choices, row.voters))
    return {
        "voters": voters,
        "counts": [counts[choice] for choice in range(1, poll.size + 1)],
        "texts": await texts_of(connection, poll, hidden=False, limit=TEXTS_SHOWN) if poll.takes_text else [],
        "hidden": await texts_of(connection, poll, hidden=True, limit=TEXTS_SHOWN) if poll.takes_text else [],
    }


async def texts_of(
    connection: AsyncConnection, poll: Poll, *, hidden: bool, limit: int | None = None
) -> list[list[Any]]:
    """[text, count] of the written answers, the most frequent first."""
    t = poll_texts.c
    kept_back = t.folded.in_(sa.select(hidden_texts.c.folded).where(hidden_texts.c.poll == poll.id))
    count = sa.func.count().label("count")
    select = sa.select(sa.func.max(t.text), count).where(t.poll == poll.id, kept_back if hidden else ~kept_back)
    rows = await connection.execute(select.group_by(t.folded).order_by(count.desc(), t.folded).limit(limit))
    return [[text, count] for text, count in rows]


async def is_answered(connection: AsyncConnection, poll: str) -> bool:
    return (
        await connection.execute(sa.select(poll_answers.c.poll).where(poll_answers.c.poll == poll).limit(1))
    ).first() is not None

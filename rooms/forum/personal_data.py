"""Personal data in live sessions. Votes and poll choices are part of the room's counts and remain, under a bare id.

Polls and the edits of other people's questions are the session's content, with no author on record: they remain, too.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from rooms.core.commands.transaction import Transaction
from rooms.core.personal_data import NOBODY, DataSubject, PersonalData, Rows, register
from rooms.forum.polls import queries as poll_queries
from rooms.forum.polls.tables import hidden_texts, poll_answers, poll_texts, polls
from rooms.forum.questions import votes as vote_queries
from rooms.forum.tables import questions, votes
from rooms.programme.tables import forums

q = questions.c


def _rooms(subject: DataSubject) -> "list[sa.Select[str]]":
    answered = polls.join(poll_answers, poll_answers.c.poll == polls.c.id)
    acted = sa.or_(
        *(column == subject.id for column in (q.author, q.answered_by, q.decided_by, q.dismissed_by, q.claimed_by))
    )
    return [
        sa.select(q.room).where(acted),
        sa.select(polls.c.room).select_from(answered).where(poll_answers.c.person == subject.id),
    ]


async def _erase(tx: Transaction, subject: DataSubject) -> None:
    await _withdraw_questions(tx.connection, subject.id)
    await _erase_poll_texts(tx.connection, subject.id)


async def _withdraw_questions(connection: AsyncConnection, person: str) -> None:
    """Separates merged questions first: other people's duplicates must not disappear, and the question it was merged into loses its votes."""
    own = (await connection.execute(sa.select(q.id, q.into).where(q.author == person))).all()
    ids = [row.id for row in own]
    merged_here = q.into.in_(ids)
    changed = {*ids, *(await connection.execute(sa.select(q.id).where(merged_here))).scalars()}
    above = {row.into for row in own if row.into is not None}
    while above:
        changed |= above
        select = sa.select(q.into).where(q.id.in_(above), q.into.is_not(None))
        above = {into for into in (await connection.execute(select)).scalars() if into not in changed}
    freed = sa.case((q.approved_at.is_(None), "pending"), else_="approved")
    await connection.execute(questions.update().where(merged_here).values(into=None, state=freed))
    await connection.execute(questions.update().where(q.id.in_(ids)).values(into=None, state="withdrawn"))
    for place in ("screen", "answering"):
        await connection.execute(forums.update().where(forums.c[place].in_(ids)).values({place: None}))
    for id in sorted(changed):
        voters, merged = await vote_queries.tally(connection, id)
        await connection.execute(questions.update().where(q.id == id).values(votes=voters, merged=merged))


async def _erase_poll_texts(connection: AsyncConnection, person: str) -> None:
    t, h = poll_texts.c, hidden_texts.c
    theirs = sa.select(t.poll, t.folded, polls.c.room).join(polls, polls.c.id == t.poll).where(t.person == person)
    said = (await connection.execute(theirs)).all()
    await connection.execute(poll_texts.delete().where(t.person == person))
    for poll, folded, _ in said:
        others = sa.exists().where(t.poll == poll, t.folded == folded)
        await connection.execute(hidden_texts.delete().where(h.poll == poll, h.folded == folded, ~others))
    for id, room in sorted({(row.poll, row.room) for row in said}):
        for poll in await poll_queries.polls_of(connection, room, polls.c.id == id):
            tally = await poll_queries.tally(connection, poll)
            await connection.execute(polls.update().where(polls.c.id == id).values(tally=tally))


NEXT = {"version": q.version + 1}
BLANK: dict[str, Any] = {
    "author_name": NOBODY,
    "text": "",
    "original": None,
    "anonymous": True,
    "state": "withdrawn",
    "into": None,
    "pinned": False,
    "labels": [],
    "reason": "",
    "answer": None,
    "claimed_by": None,
    "claimed_at": None,
    **NEXT,
}

register(
    "forum",
    PersonalData(
        rows=(
            Rows(
                "questions",
                questions,
                ("id", "room", "text", "original", "anonymous", "state", "asked_at"),
                by="author",
                replace=BLANK,
            ),
            Rows(
                "questions_answered",
                questions,
                ("id", "room", "answer", "answered_at"),
                by="answered_by",
                replace={"answer": None, **NEXT},
            ),
            Rows(
                "questions_dismissed",
                questions,
                ("id", "room", "reason"),
                by="dismissed_by",
                replace={"reason": "", **NEXT},
            ),
            Rows(
                "questions_claimed",
                questions,
                ("id", "room", "claimed_at"),
                by="claimed_by",
                replace={"claimed_by": None, "claimed_at": None, **NEXT},
            ),
            Rows("questions_moderated", questions, ("id", "room", "state"), by="decided_by", replace={}),
            Rows("votes", votes, ("question", "at"), replace={}),
            Rows("poll_answers", poll_answers, ("poll", "choices", "text", "at"), replace={"text": ""}),
            Rows("poll_texts", poll_texts, ("poll", "text")),
        ),
        rooms=_rooms,
        erase=_erase,
        texts={polls: ("tally",), hidden_texts: ("folded",)},
    ),
)
